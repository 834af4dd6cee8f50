// y[n, oy, ox, c] = sum over ky, kx of x[n, oy*strideH + shiftY, ox*strideW + shiftX, c] * w[ky, kx, 0, c]:
// one input and one output channel a group, channels last. The channels are the inner loop, since x, w and y all
// hold them side by side.

import type { JsKernel } from './kernel.js';
import { columnTaps, rowTaps } from './kernel.js';

export const depthwiseNhwc: JsKernel = {
  name: 'js/depthwiseNhwc',
  supports: ({ dataFormat, groups, inC, outC }) => dataFormat === 'NHWC' && groups === inC && groups === outC,
  run(conv, x, w) {
    const { batch, inH, inW, inC: channels, outH, outW, kH, kW, strideH, strideW } = conv;
    const rows = rowTaps(conv);
    const columns = columnTaps(conv);
    const y = new Float32Array(batch * outH * outW * channels);
    const sums = new Float64Array(channels);
    let out = 0;
    for (let n = 0; n < batch; n++) {
      for (let oy = 0; oy < outH; oy++) {
        for (let ox = 0; ox < outW; ox++, out += channels) {
          sums.fill(0);
          for (let ky = 0; ky < kH; ky++) {
            if (oy < rows.from[ky] || oy >= rows.to[ky]) continue;
            const row = (n * inH + oy * strideH + rows.shift[ky]) * inW;
            for (let kx = 0; kx < kW; kx++) {
              if (ox < columns.from[kx] || ox >= columns.to[kx]) continue;
              const xi = (row + ox * strideW + columns.shift[kx]) * channels;
              const wi = (ky * kW + kx) * channels;
              for (let c = 0; c < channels; c++) sums[c] += x[xi + c] * w[wi + c];
            }
          }
          y.set(sums, out);
        }
      }
    }
    return y;
  },
};
