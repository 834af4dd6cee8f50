// y[n, oc, oy, ox] = sum x[n, g*icg + ic, oy*strideH + shiftY, ox*strideW + shiftX] * w[ky, kx, ic, oc], NCHW.
//
// A row of outputs is summed at once, in double precision: x and the sums are read with constant steps, and the weight
// stays in a register.

import type { JsKernel } from './kernel.js';
import { columnTaps, rowTaps } from './kernel.js';

export const conv2dNchw: JsKernel = {
  name: 'js/conv2dNchw',
  supports: (conv) => conv.dataFormat === 'NCHW',
  run(conv, x, w) {
    const { batch, inH, inW, inC, outH, outW, outC, kH, kW, groups, strideH, strideW } = conv;
    const icg = inC / groups;
    const ocg = outC / groups;
    const rows = rowTaps(conv);
    const columns = columnTaps(conv);
    const y = new Float32Array(batch * outC * outH * outW);
    const sums = new Float64Array(outW);
    let out = 0;
    for (let n = 0; n < batch; n++) {
      for (let oc = 0; oc < outC; oc++) {
        const firstPlane = n * inC + Math.floor(oc / ocg) * icg;
        for (let oy = 0; oy < outH; oy++, out += outW) {
          sums.fill(0);
          for (let ic = 0; ic < icg; ic++) {
            for (let ky = 0; ky < kH; ky++) {
              if (oy < rows.from[ky] || oy >= rows.to[ky]) continue;
              const row = ((firstPlane + ic) * inH + oy * strideH + rows.shift[ky]) * inW;
              for (let kx = 0; kx < kW; kx++) {
                const weight = w[((ky * kW + kx) * icg + ic) * outC + oc];
                const to = columns.to[kx];
                let ox = columns.from[kx];
                let xi = row + ox * strideW + columns.shift[kx];
                for (; ox < to; ox++, xi += strideW) sums[ox] += x[xi] * weight;
              }
            }
          }
          y.set(sums, out);
        }
      }
    }
    return y;
  },
};
