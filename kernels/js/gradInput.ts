// dx[n, iy, ix, g*icg + ic] = sum of dy[n, oy, ox, oc] * w[ky, kx, ic, oc] over the outputs that read that input.
// Each output adds to the inputs that it reads. An image is summed in double precision and rounded once.

import type { Conv } from '../conv.js';
import { columnTaps, type JsKernel, rowTaps } from './kernel.js';

export const gradInputNhwc: JsKernel = {
  name: 'js/gradInputNhwc',
  supports: (conv) => conv.dataFormat === 'NHWC',
  run(conv, dy, w) {
    const { batch, inH, inW, inC, outH, outW, outC, kH, kW, groups, strideH, strideW } = conv;
    const icg = inC / groups;
    const ocg = outC / groups;
    const rows = rowTaps(conv);
    const columns = columnTaps(conv);
    const dx = new Float32Array(batch * inH * inW * inC);
    const image = new Float64Array(inH * inW * inC);
    let dyi = 0;
    for (let n = 0; n < batch; n++) {
      image.fill(0);
      for (let oy = 0; oy < outH; oy++) {
        for (let ox = 0; ox < outW; ox++, dyi += outC) {
          for (let ky = 0; ky < kH; ky++) {
            if (oy < rows.from[ky] || oy >= rows.to[ky]) continue;
            const row = (oy * strideH + rows.shift[ky]) * inW;
            for (let kx = 0; kx < kW; kx++) {
              if (ox < columns.from[kx] || ox >= columns.to[kx]) continue;
              const pixel = (row + ox * strideW + columns.shift[kx]) * inC;
              const tap = (ky * kW + kx) * icg * outC;
              for (let g = 0; g < groups; g++) {
                const from = dyi + g * ocg;
                for (let ic = 0; ic < icg; ic++) {
                  const wi = tap + ic * outC + g * ocg;
                  let sum = 0;
                  for (let oc = 0; oc < ocg; oc++) sum += dy[from + oc] * w[wi + oc];
                  image[pixel + g * icg + ic] += sum;
                }
              }
            }
          }
        }
      }
      dx.set(image, n * image.length);
    }
    return dx;
  },
};

export const gradInputNchw: JsKernel = {
  name: 'js/gradInputNchw',
  supports: (conv) => conv.dataFormat === 'NCHW',
  run(conv, dy, w) {
    const { batch, inH, inW, inC, groups } = conv;
    const dx = new Float32Array(batch * inC * inH * inW);
    const icg = inC / groups;
    const plane = new Float64Array(inH * inW);
    const addChannel = planeSums(conv, dy, w, plane);
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < inC; c++) {
        plane.fill(0);
        addChannel(n, Math.floor(c / icg), c % icg);
        dx.set(plane, (n * inC + c) * plane.length);
      }
    }
    return dx;
  },
};

/** Adds the contributions of all outputs of group g to its input channel ic into `plane`. */
function planeSums(conv: Conv, dy: Float32Array, w: Float32Array, plane: Float64Array) {
  const { inW, inC, outH, outW, outC, kH, kW, groups, strideH, strideW } = conv;
  const icg = inC / groups;
  const ocg = outC / groups;
  const rows = rowTaps(conv);
  const columns = columnTaps(conv);
  return (n: number, g: number, ic: number) => {
    for (let oc = g * ocg; oc < (g + 1) * ocg; oc++) {
      for (let ky = 0; ky < kH; ky++) {
        for (let kx = 0; kx < kW; kx++) {
          const weight = w[((ky * kW + kx) * icg + ic) * outC + oc];
          for (let oy = rows.from[ky]; oy < rows.to[ky]; oy++) {
            const row = (oy * strideH + rows.shift[ky]) * inW + columns.shift[kx];
            const dyRow = ((n * outC + oc) * outH + oy) * outW;
            for (let ox = columns.from[kx]; ox < columns.to[kx]; ox++) {
              plane[row + ox * strideW] += dy[dyRow + ox] * weight;
            }
          }
        }
      }
    }
  };
}
