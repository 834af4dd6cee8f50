// y[n, iy * size + dy, ix * size + dx, c] = x[n, iy, ix, (dy * size + dx) * outC + c]: channels become pixels. A fragment fetches
// one texel for each of its pixels; where outC is no multiple of 4, two of those pixels whose channels are in two texels.

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { columnSource, dimsOf, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { shiftSource } from '../layout/shift.js';
import { lines, range, type TileProgram } from '../program.js';
import { floorDivideSource } from './sourceAxis.js';

export interface DepthToSpaceSpec {
  readonly x: TileShape;
  readonly y: TileShape;
  /** Whether the output's channels are a multiple of 4. */
  readonly aligned: boolean;
}

export function depthToSpaceSpec(x: TileLayout, y: TileLayout): DepthToSpaceSpec {
  return { x: x.tile, y: y.tile, aligned: y.c % 4 === 0 };
}

export function depthToSpaceInts(x: TileLayout, y: TileLayout, size: number): number[] {
  return [...dimsOf(x), ...dimsOf(y), ...[size, 0, 0, y.c]];
}

export function depthToSpaceProgram(spec: DepthToSpaceSpec): TileProgram {
  return {
    key: `glsl/tiled/depthToSpace ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    ints: ['xDims', 'yDims', 'space'],
    floats: [],
    targets: spec.y.rows * spec.y.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: DepthToSpaceSpec): string {
  const { x, y } = spec;
  const layers = y.rows * y.columns;
  return `${floorDivideSource}${spec.aligned ? '' : shiftSource}
void main() {${placeSource('yDims')}
${range(y.rows)
  .map((r) => rowSource(at, 'x', `row${r}`, `floorDivide(yb * ${y.rows} + ${r}, space.x)`, x))
  .join('')}
${range(y.columns)
  .map((c) => {
    const ix = `floorDivide(xb * ${y.columns} + ${c}, space.x)`;
    return columnSource(at, 'x', `column${c}`, { ix, quad: '0', tile: x });
  })
  .join('')}
${lines(y.rows, (r) => `  int within${r} = (yb * ${y.rows} + ${r} - row${r}I * space.x) * space.x;`)}
${lines(y.columns, (c) => `  int across${c} = xb * ${y.columns} + ${c} - column${c}I * space.x;`)}
${lines(layers, (i) => pixelSource(at, spec, i))}
${maskSource('yDims', 'space.w', y, (i) => `v${i}`)}
${lines(layers, (i) => `  y${i} = v${i};`)}
}
`;
}

function pixelSource(at: Addressing, { y, aligned }: DepthToSpaceSpec, i: number): string {
  const [r, c] = pixelOf(i, y);
  const texel = (quad: string) => {
    const columnX = `column${c}X + ${at.type}(${quad}) * ${at.step('x')}`;
    return at.tiles('x', columnX, `row${r}Y`, `row${r}Row + column${c}Column`);
  };
  const more = `
    if (min(space.w - 4 * q, 4) > 4 - (first & 3)) v${i} = shift(v${i}, ${texel('(first >> 2) + 1')}, first & 3);
    else v${i} = shift(v${i}, v${i}, first & 3);`;
  return `  vec4 v${i};
  {
    int first = (within${r} + across${c}) * space.w + 4 * q;
    v${i} = ${texel('(first >> 2)')};${aligned ? '' : more}
  }`;
}
