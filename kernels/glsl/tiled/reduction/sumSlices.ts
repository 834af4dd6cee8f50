// The second pass of a gradient of a filter: dw[ky, kx, ic, oc] = the sum of its slices, into a texture of TensorFlow.js, where the
// optimizer looks for it; times a scale, for means. gradFilter.ts and gradDepthwise.ts say where a slice holds what.
//
// Packed textures of TensorFlow.js hold two by two input and output channels in a texel: two fetches give four values, and the
// optimizer need not pack them first.

import type { Conv } from '../../../conv.js';
import type { TileProgram } from '../program.js';
import type { Slices } from './slices.js';

/** `columns` are the texels of one row of TensorFlow.js's texture. */
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

/** Whether two output channels of a texel are always in one group. */
export function canSumPacked({ outC, groups }: Conv): boolean {
  return groups === 1 || (outC / groups) % 2 === 0;
}

/** @param packed Whether TensorFlow.js's texture is packed; only for what canSumPacked() allows. */
export function sumSlicesProgram(packed = false): TileProgram {
  return {
    key: `glsl/tiled/sumSlices ${packed ? 'packed' : ''}`,
    inputs: { partial: 'tiles' },
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
${packed ? packedSource : unpackedSource}
}
`,
  };
}

const unpackedSource = `
  int row = i / filterSize.z;
  int oc = i - row * filterSize.z;
  int tap = row / filterSize.x;
  ivec3 at = slices.w == 1 ? depthwiseTexel(tap, oc) : convTexel(tap, row - tap * filterSize.x, oc);
  float sum = 0.0;
  for (int s = 0; s < slices.x; s++) {
    sum += texelFetch(partial, at + ivec3(1, s * slices.y, 0), 0)[oc & 3];
  }
  y0 = vec4(sum * scale.x);`;

const packedSource = `
  ivec2 pairs = (filterSize.xz + 1) >> 1; // input and output channels
  int row = i / pairs.y;
  int tap = row / pairs.x;
  int oc = (i - row * pairs.y) << 1;
  int ic = (row - tap * pairs.x) << 1;
  bvec2 isThere = lessThan(ivec2(ic, oc) + 1, filterSize.xz);
  ivec3 upper = convTexel(tap, ic, oc);
  ivec3 lower = convTexel(tap, isThere.x ? ic + 1 : ic, oc);
  vec4 sum = vec4(0.0);
  for (int s = 0; s < slices.x; s++) {
    vec4 u = texelFetch(partial, upper + ivec3(1, s * slices.y, 0), 0);
    vec4 l = texelFetch(partial, lower + ivec3(1, s * slices.y, 0), 0);
    sum += (oc & 2) == 0 ? vec4(u.xy, l.xy) : vec4(u.zw, l.zw);
  }
  y0 = mix(vec4(0.0), sum * scale.x, bvec4(true, isThere.y, isThere.x, isThere.x && isThere.y));`;
