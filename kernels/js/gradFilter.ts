// dw[ky, kx, ic, oc] = sum over n, oy, ox of
//   x[n, oy*strideH + shiftY, ox*strideW + shiftX, g*icg + ic] * dy[n, oy, ox, oc]
//
// The sums run over every pixel of the batch, so they are kept in double precision.

import { columnTaps, type JsKernel, rowTaps } from './kernel.js';

export const gradFilterNhwc: JsKernel = {
  name: 'js/gradFilterNhwc',
  supports: (conv) => conv.dataFormat === 'NHWC',
  run(conv, x, dy) {
    const { batch, inH, inW, inC, outH, outW, outC, kH, kW, groups, strideH, strideW } = conv;
    const icg = inC / groups;
    const ocg = outC / groups;
    const rows = rowTaps(conv);
    const columns = columnTaps(conv);
    const sums = new Float64Array(kH * kW * icg * outC);
    let dyi = 0;
    for (let n = 0; n < batch; n++) {
      for (let oy = 0; oy < outH; oy++) {
        for (let ox = 0; ox < outW; ox++, dyi += outC) {
          for (let ky = 0; ky < kH; ky++) {
            if (oy < rows.from[ky] || oy >= rows.to[ky]) continue;
            const row = (n * inH + oy * strideH + rows.shift[ky]) * inW;
            for (let kx = 0; kx < kW; kx++) {
              if (ox < columns.from[kx] || ox >= columns.to[kx]) continue;
              const pixel = (row + ox * strideW + columns.shift[kx]) * inC;
              const tap = (ky * kW + kx) * icg * outC;
              for (let g = 0; g < groups; g++) {
                const from = dyi + g * ocg;
                for (let ic = 0; ic < icg; ic++) {
                  const v = x[pixel + g * icg + ic];
                  const wi = tap + ic * outC + g * ocg;
                  for (let oc = 0; oc < ocg; oc++) sums[wi + oc] += v * dy[from + oc];
                }
              }
            }
          }
        }
      }
    }
    return Float32Array.from(sums);
  },
};

export const gradFilterNchw: JsKernel = {
  name: 'js/gradFilterNchw',
  supports: (conv) => conv.dataFormat === 'NCHW',
  run(conv, x, dy) {
    const { batch, inH, inW, inC, outH, outW, outC, kH, kW, groups, strideH, strideW } = conv;
    const icg = inC / groups;
    const ocg = outC / groups;
    const rows = rowTaps(conv);
    const columns = columnTaps(conv);
    const dw = new Float32Array(kH * kW * icg * outC);
    for (let ky = 0, wi = 0; ky < kH; ky++) {
      for (let kx = 0; kx < kW; kx++) {
        for (let ic = 0; ic < icg; ic++) {
          for (let oc = 0; oc < outC; oc++, wi++) {
            const c = Math.floor(oc / ocg) * icg + ic;
            let sum = 0;
            for (let n = 0; n < batch; n++) {
              for (let oy = rows.from[ky]; oy < rows.to[ky]; oy++) {
                const row = ((n * inC + c) * inH + oy * strideH + rows.shift[ky]) * inW + columns.shift[kx];
                const dyRow = ((n * outC + oc) * outH + oy) * outW;
                for (let ox = columns.from[kx]; ox < columns.to[kx]; ox++)
                  sum += x[row + ox * strideW] * dy[dyRow + ox];
              }
            }
            dw[wi] = sum;
          }
        }
      }
    }
    return dw;
  },
};
