// y[n, iy * size + dy, ix * size + dx, c] = x[n, iy, ix, (dy * size + dx) * outC + c]: channels become pixels. A
// fragment fetches one texel for each of its pixels, and two for pixels whose channels lie in two texels, where outC is
// no multiple of 4.

import { ints } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { columnSource, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { shiftSource } from '../layout/shift.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
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

const depthToSpaceUniforms = uniforms({ x: 'layout', y: 'layout', ...ints('size') });

export function depthToSpaceProgram(spec: DepthToSpaceSpec): TileProgram<typeof depthToSpaceUniforms> {
  return {
    key: `glsl/tiled/movement/depthToSpace ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    uniforms: depthToSpaceUniforms,
    targets: layersOf(spec.y),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: DepthToSpaceSpec): string {
  const { x, y } = spec;
  const layers = layersOf(y);
  return `${floorDivideSource}${spec.aligned ? '' : shiftSource}
void main() {${placeSource('y')}
${range(y.rows)
  .map((r) => rowSource(at, 'x', `row${r}`, `floorDivide(tileY * ${y.rows} + ${r}, size)`, x))
  .join('')}
${range(y.columns)
  .map((c) => {
    const ix = `floorDivide(tileX * ${y.columns} + ${c}, size)`;
    return columnSource(at, 'x', `column${c}`, { ix, quad: '0', tile: x });
  })
  .join('')}
${lines(y.rows, (r) => `  int within${r} = (tileY * ${y.rows} + ${r} - row${r}I * size) * size;`)}
${lines(y.columns, (c) => `  int across${c} = tileX * ${y.columns} + ${c} - column${c}I * size;`)}
${lines(layers, (i) => pixelSource(at, spec, i))}
${maskSource('y', y, (i) => `v${i}`)}
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
    if (min(yC - 4 * q, 4) > 4 - (first & 3)) v${i} = shift(v${i}, ${texel('(first >> 2) + 1')}, first & 3);
    else v${i} = shift(v${i}, v${i}, first & 3);`;
  return `  vec4 v${i};
  {
    int first = (within${r} + across${c}) * yC + 4 * q;
    v${i} = ${texel('(first >> 2)')};${aligned ? '' : more}
  }`;
}
