// The gradient of the maximum where windows neither overlap nor lie in two tiles: those of 2x2 with stride 2, from the
// image's corner on. A fragment has all pixels of its windows, so that it finds the maxima itself. For other windows
// pool.ts draws an image of where the maxima are, and poolGrad.ts reads it, which takes eight times as long.

import { floats } from '../../uniforms.js';
import { ownTexels } from '../elementwise/elementwise.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { columnSource, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import type { Pooling } from './pool.js';

export interface PoolGradInTileSpec {
  readonly dy: TileShape;
  readonly dx: TileShape;
}

/** Rows and columns of a window. */
const SIZE = 2;

const inTileUniforms = uniforms({
  dy: 'layout',
  dx: 'layout',
  // GLSL has no literal for an infinity.
  ...floats('minusInfinity'),
});

/** Whether the windows are those of this program, in tiles of an image. */
export function liesInTiles({ kH, kW, strideH, strideW, padTop, padLeft }: Pooling, { dx }: PoolGradInTileSpec) {
  const areOfSize = [kH, kW, strideH, strideW].every((size) => size === SIZE);
  return areOfSize && padTop === 0 && padLeft === 0 && dx.rows % SIZE === 0 && dx.columns % SIZE === 0;
}

export function poolGradInTileValues(dy: TileLayout, dx: TileLayout): ValuesOf<typeof inTileUniforms> {
  return { dy, dx, minusInfinity: Number.NEGATIVE_INFINITY };
}

/** `x` has the layout of dx. */
export function poolGradInTileProgram(spec: PoolGradInTileSpec): TileProgram<typeof inTileUniforms> {
  return {
    key: `glsl/tiled/pooling/poolGradInTile ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', dy: 'tiles' },
    uniforms: inTileUniforms,
    targets: layersOf(spec.dx),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, { dy, dx }: PoolGradInTileSpec): string {
  const [windowRows, windowColumns] = [dx.rows / SIZE, dx.columns / SIZE];
  return `
void main() {${placeSource('dx')}
${ownTexels(at, 'x', dx)}
  int rowsHere = dxH - tileY * ${dx.rows};
  int columnsHere = dxW - tileX * ${dx.columns};
${range(windowRows)
  .map((r) => rowSource(at, 'dy', `row${r}`, `tileY * ${windowRows} + ${r}`, dy))
  .join('')}
${range(windowColumns)
  .map((c) => {
    const ix = `tileX * ${windowColumns} + ${c}`;
    return columnSource(at, 'dy', `column${c}`, { ix, quad: 'q', tile: dy });
  })
  .join('')}
${range(windowRows * windowColumns)
  .map((i) => windowMaximum(at, dx, Math.floor(i / windowColumns), i % windowColumns))
  .join('\n')}
${lines(layersOf(dx), (i) => {
  const [row, column] = pixelOf(i, dx);
  const window = `${Math.floor(row / SIZE)}${Math.floor(column / SIZE)}`;
  const number = (row % SIZE) * SIZE + (column % SIZE);
  return `  vec4 dx${i} = mix(vec4(0.0), dy${window}, equal(argmax${window}, vec4(${number}.0)));`;
})}
${maskSource('dx', dx, (i) => `dx${i}`)}
${lines(layersOf(dx), (i) => `  y${i} = dx${i};`)}
}
`;
}

/** Declares the window's dy and the number of the first pixel that holds its maximum: -1 if none does, or NaN alone. */
function windowMaximum(at: Addressing, tile: TileShape, r: number, c: number): string {
  const window = `${r}${c}`;
  const pixels = range(SIZE * SIZE).map((i) => [i, r * SIZE + Math.floor(i / SIZE), c * SIZE + (i % SIZE)] as const);
  return `
  vec4 dy${window} = ${at.tiles('dy', `column${c}X`, `row${r}Y`, `row${r}Row + column${c}Column`)};
  vec4 argmax${window} = vec4(-1.0);
  vec4 best${window} = vec4(minusInfinity);
${pixels
  .map(([i, row, column]) => {
    const value = `x${row * tile.columns + column}`;
    return `  if (rowsHere > ${row} && columnsHere > ${column}) {
    bvec4 isGreater = greaterThan(${value}, best${window});
    best${window} = mix(best${window}, ${value}, isGreater);
    argmax${window} = mix(argmax${window}, vec4(${i}.0), isGreater);
  }`;
  })
  .join('\n')}`;
}
