// A matrix of weights from a filter that TensorFlow.js has on the GPU, as after each step of an optimizer: weights.ts says what goes
// where. One program reads every kind of filter, forward or turned round, from an unpacked texture of TensorFlow.js or a packed one.

import { texelSource } from '../../untiled/tfjsTexture.js';
import type { TfjsTexture } from '../layout/convert.js';
import { lines, type TileProgram } from '../program.js';
import type { Packing } from './weights.js';

/** `shape` is the tensor's where its texture is packed. */
export function packInts(packing: Packing, { columns, offset }: TfjsTexture, shape: readonly number[] = []): number[] {
  const { taps, isByQuad, outC, icg, ocg, first, tapStep, icStep, ocStep, groupStep } = packing;
  const [planeColumns = 0, planeRows = 1] = [...shape].reverse();
  return [
    ...[taps, isByQuad ? 1 : 0, icg, ocg],
    ...[first + offset, tapStep, icStep, ocStep],
    ...[groupStep, outC, columns, 0],
    ...[planeRows, planeColumns, 0, 0],
  ];
}

export function packProgram(): TileProgram {
  return {
    key: 'glsl/tiled/packWeights',
    inputs: { tfjsTexture: 'tfjs' },
    ints: ['filterSize', 'steps', 'source', 'plane'],
    floats: [],
    targets: 1,
    source: () => `${texelSource}
float valueAt(int i) {
  if (plane.y == 0) return texelFetch(tfjsTexture, texelOf(i, source.z), 0).r;
  int row = i / plane.y;
  int p = row / plane.x;
  ivec2 at = ivec2(i - row * plane.y, row - p * plane.x); // column, row within the last two dimensions
  ivec2 texels = (plane.yx + 1) >> 1;
  int texel = (p * texels.y + (at.y >> 1)) * texels.x + (at.x >> 1);
  return texelFetch(tfjsTexture, texelOf(texel, source.z), 0)[((at.y & 1) << 1) + (at.x & 1)];
}

float weightAt(int oc, int tap, int ic) {
  int g = oc / filterSize.w;
  int icInGroup = ic - g * filterSize.z;
  bool isWeight = oc < source.y && (filterSize.y == 1 || (icInGroup >= 0 && icInGroup < filterSize.z));
  if (!isWeight) return 0.0;
  int inGroup = filterSize.y == 1 ? 0 : icInGroup * steps.z + (oc - g * filterSize.w) * steps.w;
  return valueAt(steps.x + tap * steps.y + inGroup + g * source.x);
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int q = filterSize.y == 1 ? at.x : at.y / filterSize.x;
  int tap = filterSize.y == 1 ? at.y : at.y - q * filterSize.x;
  int firstQuad = (4 * q / filterSize.w) * filterSize.z >> 2;
  int ic = 4 * firstQuad + at.x;
  vec4 w;
${lines(4, (i) => `  w.${'xyzw'[i]} = weightAt(4 * q + ${i}, tap, ic);`)}
  y0 = w;
}
`,
  };
}
