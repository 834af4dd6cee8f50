// Filters as matrices of RGBA texels, packed once for each tensor.
//
//   conv       X = input channel from the first of its output quad's range, Y = (q * kH + ky) * kW + kx, RGBA = output channels
//              4q ... 4q + 3; weights outside an output channel's own group are zero
//   depthwise  X = q, Y = ky * kW + kx, RGBA = channels 4q ... 4q + 3
//   vector     X = q, Y = 0 (bias, slopes)

import type { Conv } from '../../types.js';
import { quadsPerOutput } from './conv.js';

export interface Matrix {
  readonly width: number;
  readonly height: number;
  readonly texels: Float32Array;
}

/** How a filter is read: [ky, kx, input, output] as it is, or turned round for the gradient of the input. */
export type FilterUse = 'forward' | 'gradInput';

export function packVector(values: ArrayLike<number>): Matrix {
  const width = Math.ceil(values.length / 4);
  const texels = new Float32Array(width * 4);
  texels.set(values);
  return { width, height: 1, texels };
}

/** w is [kH, kW, inC/groups, outC]. */
export function packConv(conv: Conv, w: ArrayLike<number>): Matrix {
  const { kH, kW, inC, outC, groups } = conv;
  const [icg, ocg] = [inC / groups, outC / groups];
  const taps = kH * kW;
  const width = quadsPerOutput(conv) * 4;
  const height = Math.ceil(outC / 4) * taps;
  const texels = new Float32Array(width * height * 4);
  for (let oc = 0; oc < outC; oc++) {
    const q = oc >> 2;
    const firstQuad = (Math.floor((4 * q) / ocg) * icg) >> 2;
    const begin = Math.floor(oc / ocg) * icg - 4 * firstQuad; // of this channel's group within the quad's range
    for (let tap = 0; tap < taps; tap++) {
      const row = (q * taps + tap) * width;
      for (let ic = 0; ic < icg; ic++) texels[(row + begin + ic) * 4 + (oc & 3)] = w[(tap * icg + ic) * outC + oc];
    }
  }
  return { width, height, texels };
}

/** w is [kH, kW, 1, channels]. */
export function packDepthwise({ kH, kW, outC }: Conv, w: ArrayLike<number>): Matrix {
  const width = Math.ceil(outC / 4);
  const taps = kH * kW;
  const texels = new Float32Array(width * taps * 4);
  for (let tap = 0; tap < taps; tap++) {
    for (let c = 0; c < outC; c++) texels[tap * width * 4 + c] = w[tap * outC + c];
  }
  return { width, height: taps, texels };
}
