// A matrix of weights from a filter that TensorFlow.js has on the GPU, as after each step of an optimizer; weights.ts
// says where it holds which weight. One program reads every kind of filter, forward or rotated, from an unpacked
// texture of TensorFlow.js or a packed one.

import { ints } from '../../uniforms.js';
import { texelSource } from '../../untiled/tfjsTexture.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import type { Packing } from './weights.js';

const packWeightsUniforms = uniforms({
  ...ints('taps', 'isByQuad', 'outC', 'icg', 'ocg'),
  ...ints('firstValue', 'tapStep', 'icStep', 'ocStep', 'groupStep'),
  // Texels in a row of the texture; the tensor's last two dimensions where it is packed, else planeW is 0.
  ...ints('textureColumns', 'planeH', 'planeW'),
});

/** A texture of TensorFlow.js that holds a filter. */
export interface FilterTexture {
  /** Texels in a row of the texture. */
  readonly columns: number;
  /** Elements that precede the filter in an unpacked texture: it may be a slice. */
  readonly offset: number;
  /** The tensor's shape where the texture is packed. */
  readonly packedShape?: readonly number[];
}

export function packWeightsValues(
  { taps, isByQuad, outC, icg, ocg, first, tapStep, icStep, ocStep, groupStep }: Packing,
  { columns, offset, packedShape = [] }: FilterTexture,
): ValuesOf<typeof packWeightsUniforms> {
  const [planeW = 0, planeH = 1] = [...packedShape].reverse();
  return {
    ...{ taps, isByQuad: isByQuad ? 1 : 0, outC, icg, ocg },
    ...{ firstValue: first + offset, tapStep, icStep, ocStep, groupStep },
    ...{ textureColumns: columns, planeH, planeW },
  };
}

export function packWeightsProgram(): TileProgram<typeof packWeightsUniforms> {
  return {
    key: 'glsl/tiled/conv/packWeights',
    inputs: { tfjsTexture: 'tfjs' },
    uniforms: packWeightsUniforms,
    targets: 1,
    source: () => `${texelSource}
float valueAt(int i) {
  if (planeW == 0) return texelFetch(tfjsTexture, texelOf(i, textureColumns), 0).r;
  int row = i / planeW;
  int plane = row / planeH;
  ivec2 at = ivec2(i - row * planeW, row - plane * planeH); // column and row in the plane
  ivec2 texels = (ivec2(planeW, planeH) + 1) >> 1;
  int texel = (plane * texels.y + (at.y >> 1)) * texels.x + (at.x >> 1);
  return texelFetch(tfjsTexture, texelOf(texel, textureColumns), 0)[((at.y & 1) << 1) + (at.x & 1)];
}

float weightAt(int oc, int tap, int ic) {
  int g = oc / ocg;
  int icInGroup = ic - g * icg;
  bool isWeight = oc < outC && (isByQuad == 1 || (icInGroup >= 0 && icInGroup < icg));
  if (!isWeight) return 0.0;
  int inGroup = isByQuad == 1 ? 0 : icInGroup * icStep + (oc - g * ocg) * ocStep;
  return valueAt(firstValue + tap * tapStep + inGroup + g * groupStep);
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int q = isByQuad == 1 ? at.x : at.y / taps;
  int tap = isByQuad == 1 ? at.y : at.y - q * taps;
  int firstQuad = (4 * q / ocg) * icg >> 2;
  int ic = 4 * firstQuad + at.x;
  vec4 w;
${lines(4, (i) => `  w.${'xyzw'[i]} = weightAt(4 * q + ${i}, tap, ic);`)}
  y0 = w;
}
`,
  };
}
