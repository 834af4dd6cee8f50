// The second pass of a product with a matrix: y[n, m] = clamp(sum of the slices of dense.ts + bias).

import { ints } from '../../uniforms.js';
import { type Clamp, clampDeclaration, clampSource, epilogueSource, plainEpilogue } from '../conv/clampEpilogue.js';
import { type TileLayout, tileShapes } from '../layout/layout.js';
import { betweenImagesSource, placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';

const denseSumUniforms = uniforms({
  y: 'layout',
  ...ints('vectorsPerGroup', 'sliceCount', 'groupRows'),
  ...clampDeclaration,
});

/** @param partial The layout of the sums of slices, see partialLayout(). */
export function denseSumValues(partial: TileLayout, y: TileLayout, clamp: Clamp): ValuesOf<typeof denseSumUniforms> {
  const { tile, tileRows, imageRows } = partial;
  return { y, vectorsPerGroup: tile.columns, sliceCount: tileRows, groupRows: imageRows, ...clamp };
}

/** The result is [n, m] in tiles of one pixel. */
export function denseSumProgram(): TileProgram<typeof denseSumUniforms> {
  return {
    key: 'glsl/tiled/matmul/denseSum',
    inputs: { x: 'tiles', bias: 'matrix' },
    uniforms: denseSumUniforms,
    targets: 1,
    source: (at) => `${clampSource}
void main() {${placeSource('y')}${betweenImagesSource('y', tileShapes.single)}
  int group = n / vectorsPerGroup;
  ${at.type} row = ${at.layer('n - group * vectorsPerGroup')};
  ${at.type} xX = ${at.x('x', '1 + q')};
  int first = group * groupRows;
  vec4 acc0 = vec4(0.0);
  for (int s = 0; s < sliceCount; s++) acc0 += ${at.tiles('x', 'xX', at.y('x', 'first + s'), 'row')};
${epilogueSource(at, plainEpilogue, tileShapes.single)}
}
`,
  };
}
