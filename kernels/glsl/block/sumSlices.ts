// The second pass of a gradient of a filter: dw[ky, kx, ic, oc] = the sum of its slices, into an unpacked texture of the host,
// where the optimizer looks for it; times a scale, for means. gradFilter.ts and gradDepthwise.ts say where a slice holds what.

import type { Conv } from '../../types.js';
import type { BlockProgram } from './program.js';
import type { Slices } from './slices.js';

/** `columns` are the texels of one row of the host's texture. */
export function sumFilterInts({ kH, kW, inC, outC, groups }: Conv, slices: Slices, columns: number): number[] {
  return [
    ...[inC / groups, outC / groups, outC, kW],
    ...[slices.count, slices.rows, columns, 0],
    ...[Math.log2(slices.layers / 4), slices.rows / (kH * kW), 0, 0],
  ];
}

/** Of a depthwise filter; kW = 1 and one channel a group. */
export function sumDepthwiseInts({ kW, outC }: Pick<Conv, 'kW' | 'outC'>, slices: Slices, columns: number): number[] {
  return [
    ...[1, 1, outC, kW],
    ...[slices.count, slices.rows, columns, 1],
    ...[slices.layers, Math.ceil(kW / slices.layers), 0, 0],
  ];
}

export function sumSlicesProgram(): BlockProgram {
  return {
    key: 'glsl/block/sumSlices',
    inputs: { partial: 'blocks' },
    ints: ['filterSize', 'slices', 'place'],
    floats: ['scale'],
    targets: 1,
    source: () => `
// Column, row within a slice, layer.
ivec3 convTexel(int tap, int ic, int oc) {
  int channel = oc / filterSize.y * filterSize.x + ic;
  int q = oc >> 2;
  int quad = (channel >> 2) - ((4 * q / filterSize.y) * filterSize.x >> 2);
  int pair = quad >> place.x;
  return ivec3(q, tap * place.y + pair, ((quad - (pair << place.x)) << 2) + (channel & 3));
}

ivec3 depthwiseTexel(int tap, int c) {
  int ky = tap / filterSize.w;
  int kx = tap - ky * filterSize.w;
  int group = kx / place.x;
  return ivec3(c >> 2, ky * place.y + group, kx - group * place.x);
}

void main() {
  int i = int(gl_FragCoord.y) * slices.z + int(gl_FragCoord.x);
  int row = i / filterSize.z;
  int oc = i - row * filterSize.z;
  int tap = row / filterSize.x;
  ivec3 at = slices.w == 1 ? depthwiseTexel(tap, oc) : convTexel(tap, row - tap * filterSize.x, oc);
  float sum = 0.0;
  for (int s = 0; s < slices.x; s++) {
    sum += texelFetch(partial, at + ivec3(1, s * slices.y, 0), 0)[oc & 3];
  }
  y0 = vec4(sum * scale.x);
}
`,
  };
}
