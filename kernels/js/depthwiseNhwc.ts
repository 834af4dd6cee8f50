// y[n, oy, ox, c] = sum over ky, kx of x[n, oy*strideH + shiftY, ox*strideW + shiftX, c] * w[ky, kx, 0, c]:
// one input and one output channel a group, channels last.
//
// For each pixel, the taps outside the padding are listed once. Then four channels at a time are summed over that list
// in registers, in double precision.

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
    const taps = { x: new Int32Array(kH * kW), w: new Int32Array(kH * kW), count: 0 };
    let out = 0;
    for (let n = 0; n < batch; n++) {
      for (let oy = 0; oy < outH; oy++) {
        for (let ox = 0; ox < outW; ox++, out += channels) {
          taps.count = 0;
          for (let ky = 0; ky < kH; ky++) {
            if (oy < rows.from[ky] || oy >= rows.to[ky]) continue;
            const row = (n * inH + oy * strideH + rows.shift[ky]) * inW;
            for (let kx = 0; kx < kW; kx++) {
              if (ox < columns.from[kx] || ox >= columns.to[kx]) continue;
              taps.x[taps.count] = (row + ox * strideW + columns.shift[kx]) * channels;
              taps.w[taps.count++] = (ky * kW + kx) * channels;
            }
          }
          sumPixel({ x, w, y, taps, out, channels });
        }
      }
    }
    return y;
  },
};

interface Pixel {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly y: Float32Array;
  /** Offsets in x and in w of each tap's first channel. */
  readonly taps: { readonly x: Int32Array; readonly w: Int32Array; readonly count: number };
  readonly out: number;
  readonly channels: number;
}

/** y[out + c] = sum over the taps of x[tap + c] * w[tap + c], for all channels c of one pixel. */
function sumPixel({ x, w, y, taps, out, channels }: Pixel): void {
  const { count } = taps;
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let t = 0; t < count; t++) {
      const xi = taps.x[t] + c;
      const wi = taps.w[t] + c;
      s0 += x[xi] * w[wi];
      s1 += x[xi + 1] * w[wi + 1];
      s2 += x[xi + 2] * w[wi + 2];
      s3 += x[xi + 3] * w[wi + 3];
    }
    y[out + c] = s0;
    y[out + c + 1] = s1;
    y[out + c + 2] = s2;
    y[out + c + 3] = s3;
  }
  for (; c < channels; c++) {
    let sum = 0;
    for (let t = 0; t < count; t++) sum += x[taps.x[t] + c] * w[taps.w[t] + c];
    y[out + c] = sum;
  }
}
