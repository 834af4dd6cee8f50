// y[n, oy, ox, oc] = sum x[n, oy*strideH + shiftY, ox*strideW + shiftX, g*icg + ic] * w[ky, kx, ic, oc], channels last.
//
// Four output channels of one pixel are summed in registers (double precision), so that a value of x is loaded once
// for four products and y is written once.

import type { Conv } from '../types.js';
import { columnTaps, type JsKernel, rowTaps } from './kernel.js';

export const conv2dNhwc: JsKernel = {
  name: 'js/conv2dNhwc',
  supports: (conv) => conv.dataFormat === 'NHWC',
  run(conv, x, w) {
    const { batch, inH, inW, inC, outH, outW, outC, groups } = conv;
    const y = new Float32Array(batch * outH * outW * outC);
    const ocg = outC / groups;
    const pixel = pixelSums(conv, x, w, y);
    let out = 0;
    for (let n = 0; n < batch; n++) {
      for (let oy = 0; oy < outH; oy++) {
        for (let ox = 0; ox < outW; ox++, out += outC) {
          for (let g = 0; g < groups; g++) {
            pixel(n * inH * inW * inC, oy, ox, g, out + g * ocg);
          }
        }
      }
    }
    return y;
  },
};

type PixelSums = (image: number, oy: number, ox: number, g: number, out: number) => void;

/** Sums all channels of group g of the output pixel (oy, ox) into y[out...]. `image` is the start of its image in x. */
function pixelSums(conv: Conv, x: Float32Array, w: Float32Array, y: Float32Array): PixelSums {
  const { inW, inC, outC, kH, kW, groups, strideH, strideW } = conv;
  const icg = inC / groups;
  const ocg = outC / groups;
  const rows = rowTaps(conv);
  const columns = columnTaps(conv);
  return (image, oy, ox, g, out) => {
    for (let oc = 0; oc < ocg; oc += 4) {
      const lanes = ocg - oc;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let ky = 0; ky < kH; ky++) {
        if (oy < rows.from[ky] || oy >= rows.to[ky]) continue;
        const row = image + (oy * strideH + rows.shift[ky]) * inW * inC + g * icg;
        for (let kx = 0; kx < kW; kx++) {
          if (ox < columns.from[kx] || ox >= columns.to[kx]) continue;
          let xi = row + (ox * strideW + columns.shift[kx]) * inC;
          let wi = (ky * kW + kx) * icg * outC + g * ocg + oc;
          const end = xi + icg;
          if (lanes >= 4) {
            for (; xi < end; xi++, wi += outC) {
              const v = x[xi];
              s0 += v * w[wi];
              s1 += v * w[wi + 1];
              s2 += v * w[wi + 2];
              s3 += v * w[wi + 3];
            }
          } else {
            for (; xi < end; xi++, wi += outC) {
              const v = x[xi];
              s0 += v * w[wi];
              if (lanes > 1) s1 += v * w[wi + 1];
              if (lanes > 2) s2 += v * w[wi + 2];
            }
          }
        }
      }
      y[out + oc] = s0;
      if (lanes > 1) y[out + oc + 1] = s1;
      if (lanes > 2) y[out + oc + 2] = s2;
      if (lanes > 3) y[out + oc + 3] = s3;
    }
  };
}
