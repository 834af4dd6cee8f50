// The second pass of a gradient of a filter: dw[ky, kx, ic, oc] = scale * the sum of its slices, into a texture of
// TensorFlow.js, where the optimizer looks for it. gradFilter.ts and gradDepthwise.ts say where a slice holds which
// weight.
//
// A packed texture of TensorFlow.js holds two by two input and output channels in a texel: two fetches give four
// values, and the optimizer need not pack them first.
//
// The slices of a mean over all pixels (sumPixels.ts) have sums, one value, and sums of what is above that.

import type { Conv } from '../../../conv.js';
import { floats, ints } from '../../uniforms.js';
import type { TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { nearSource } from './near.js';
import type { Slices } from './slices.js';

const sumSlicesUniforms = uniforms({
  ...ints('icg', 'ocg', 'outC', 'kW'),
  ...ints('sliceCount', 'sliceRows', 'textureColumns'),
  ...ints('isDepthwise'),
  // How gradFilter.ts laid out a tap: log2 of the input quads in a row, and rows.
  ...ints('quadsLog', 'rowsPerTap'),
  // How gradDepthwise.ts laid out a filter row.
  ...ints('tapsPerGroup', 'tapGroups'),
  // Values before the first that is drawn: those of other layers.
  ...ints('firstValue'),
  ...floats('scale'),
});

export type SumSlicesValues = ValuesOf<typeof sumSlicesUniforms>;

/** @param textureColumns Texels in a row of the texture that is drawn into. */
export function sumFilterValues(
  { kH, kW, inC, outC, groups }: Conv,
  slices: Slices,
  textureColumns: number,
): Omit<SumSlicesValues, 'scale' | 'firstValue'> {
  return {
    ...{ icg: inC / groups, ocg: outC / groups, outC, kW },
    ...{ sliceCount: slices.count, sliceRows: slices.rows, textureColumns, isDepthwise: 0 },
    ...{ quadsLog: Math.log2(slices.layers / 4), rowsPerTap: slices.rows / (kH * kW) },
    ...{ tapsPerGroup: 1, tapGroups: 1 },
  };
}

/** The same for a depthwise filter. */
export function sumDepthwiseValues(
  { kW, outC }: Pick<Conv, 'kW' | 'outC'>,
  slices: Slices,
  textureColumns: number,
): Omit<SumSlicesValues, 'scale' | 'firstValue'> {
  return {
    ...{ icg: 1, ocg: 1, outC, kW },
    ...{ sliceCount: slices.count, sliceRows: slices.rows, textureColumns, isDepthwise: 1 },
    ...{ quadsLog: 0, rowsPerTap: 1 },
    ...{ tapsPerGroup: slices.layers, tapGroups: Math.ceil(kW / slices.layers) },
  };
}

/** Whether two output channels of a packed texel are always in one group. */
export function canSumPacked({ outC, groups }: Conv): boolean {
  return groups === 1 || (outC / groups) % 2 === 0;
}

/** How the sums are written; `packed` only where canSumPacked() allows it, `mean` only for those of sumPixels.ts. */
export type SumSlicesForm = 'unpacked' | 'packed' | 'mean';

export function sumSlicesProgram(form: SumSlicesForm = 'unpacked'): TileProgram<typeof sumSlicesUniforms> {
  return {
    key: `glsl/tiled/reduction/sumSlices ${form}`,
    inputs: { partial: 'tiles' },
    uniforms: sumSlicesUniforms,
    targets: 1,
    source: () => `${form === 'mean' ? nearSource : ''}
// Column, row within a slice, layer.
ivec3 convTexel(int tap, int ic, int oc) {
  int channel = oc / ocg * icg + ic;
  int q = oc >> 2;
  int quad = (channel >> 2) - ((4 * q / ocg) * icg >> 2);
  int pair = quad >> quadsLog;
  return ivec3(q, tap * rowsPerTap + pair, ((quad - (pair << quadsLog)) << 2) + (channel & 3));
}

ivec3 depthwiseTexel(int tap, int c) {
  int ky = tap / kW;
  int kx = tap - ky * kW;
  int group = kx / tapsPerGroup;
  return ivec3(c >> 2, ky * tapGroups + group, kx - group * tapsPerGroup);
}

void main() {
  int i = firstValue + int(gl_FragCoord.y) * textureColumns + int(gl_FragCoord.x);
${bodies[form]}
}
`,
  };
}

const unpackedSource = `
  int row = i / outC;
  int oc = i - row * outC;
  int tap = row / icg;
  ivec3 at = isDepthwise == 1 ? depthwiseTexel(tap, oc) : convTexel(tap, row - tap * icg, oc);
  float sum = 0.0;
  for (int s = 0; s < sliceCount; s++) {
    sum += texelFetch(partial, at + ivec3(1, s * sliceRows, 0), 0)[oc & 3];
  }
  y0 = vec4(sum * scale);`;

const packedSource = `
  int inPairs = (icg + 1) >> 1;
  int outPairs = (outC + 1) >> 1;
  int row = i / outPairs;
  int tap = row / inPairs;
  int oc = (i - row * outPairs) << 1;
  int ic = (row - tap * inPairs) << 1;
  bvec2 exists = lessThan(ivec2(ic, oc) + 1, ivec2(icg, outC)); // the second input channel, the second output channel
  ivec3 upper = convTexel(tap, ic, oc);
  ivec3 lower = convTexel(tap, exists.x ? ic + 1 : ic, oc);
  vec4 sum = vec4(0.0);
  for (int s = 0; s < sliceCount; s++) {
    vec4 u = texelFetch(partial, upper + ivec3(1, s * sliceRows, 0), 0);
    vec4 l = texelFetch(partial, lower + ivec3(1, s * sliceRows, 0), 0);
    sum += (oc & 2) == 0 ? vec4(u.xy, l.xy) : vec4(u.zw, l.zw);
  }
  y0 = mix(vec4(0.0), sum * scale, bvec4(true, exists.y, exists.x, exists.x && exists.y));`;

const meanSource = `
  ivec3 at = ivec3(1 + (i >> 2), 0, 0);
  float sum = 0.0, above = 0.0;
  for (int s = 0; s < sliceCount; s++) {
    sum += texelFetch(partial, at + ivec3(0, s * sliceRows, 0), 0)[i & 3];
    above += texelFetch(partial, at + ivec3(0, s * sliceRows, 2), 0)[i & 3];
  }
  float one = texelFetch(partial, at + ivec3(0, 0, 1), 0)[i & 3];
  y0 = vec4(isNear(sum, one, 1.0 / scale) && !isLost(above) ? one + above : sum);`;

const bodies: Readonly<Record<SumSlicesForm, string>> = {
  unpacked: unpackedSource,
  packed: packedSource,
  mean: meanSource,
};
