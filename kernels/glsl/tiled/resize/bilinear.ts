// Bilinear resize in the tiled layout: an output pixel lies between two input rows and two input columns,
//
//   y = top + (bottom - top) * fraction       where top, bottom = left + (right - left) * fraction
//
// A fragment fetches four texels for each of its pixels. (Where an image doubles, twelve would do for eight pixels; choosing
// among them takes SwiftShader longer than fetching.)

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { columnSource, dimsOf, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { floorDivideSource, type Side, sideInts } from '../movement/sourceAxis.js';
import { lines, range, type TileProgram } from '../program.js';

export interface BilinearSpec {
  readonly x: TileShape;
  readonly y: TileShape;
}

/** Output indices lie at (i * step + offset) / divisor between those of the input. */
export interface Sides {
  readonly rows: Side;
  readonly columns: Side;
}

export function bilinearInts(x: TileLayout, y: TileLayout, { rows, columns }: Sides): number[] {
  return [...dimsOf(x), ...dimsOf(y), ...sideInts(rows), ...sideInts(columns), ...[0, 0, 0, y.c]];
}

export function bilinearProgram(spec: BilinearSpec): TileProgram {
  return {
    key: `glsl/tiled/bilinear ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    ints: ['xDims', 'yDims', 'rows', 'columns', 'channels'],
    floats: [],
    targets: spec.y.rows * spec.y.columns,
    source: (at) => source(at, spec),
  };
}

// (low, high) input indices of output index i and, as a fraction of `divisor`, how far it is from low.
const betweenSource = `
ivec3 between(int i, ivec4 side, int size) {
  int position = i * side.x + side.y;
  int low = floorDivide(position, side.z);
  int rest = position - low * side.z;
  return ivec3(max(low, 0), min(rest > 0 ? low + 1 : low, size - 1), rest);
}
`;

function source(at: Addressing, spec: BilinearSpec): string {
  const { x, y } = spec;
  return `${floorDivideSource}${betweenSource}
void main() {${placeSource('yDims')}
${lines(y.rows, (r) => `  ivec3 iy${r} = between(yb * ${y.rows} + ${r}, rows, xDims.x);`)}
${lines(y.columns, (c) => `  ivec3 ix${c} = between(xb * ${y.columns} + ${c}, columns, xDims.y);`)}
${lines(y.rows, (r) => `  float fractionY${r} = float(iy${r}.z) / float(rows.z);`)}
${lines(y.columns, (c) => `  float fractionX${c} = float(ix${c}.z) / float(columns.z);`)}
${range(y.columns)
  .map((c) => columnAt(at, spec, `left${c}`, `ix${c}.x`) + columnAt(at, spec, `right${c}`, `ix${c}.y`))
  .join('')}
${range(y.rows)
  .map((r) => rowSource(at, 'x', `top${r}`, `iy${r}.x`, x) + rowSource(at, 'x', `bottom${r}`, `iy${r}.y`, x))
  .join('')}
${lines(y.rows * y.columns, (i) => pixelSource(at, spec, i))}
${maskSource('yDims', 'channels.w', y, (i) => `v${i}`)}
${lines(y.rows * y.columns, (i) => `  y${i} = v${i};`)}
}
`;
}

function pixelSource(at: Addressing, { y }: BilinearSpec, i: number): string {
  const [r, c] = pixelOf(i, y);
  const line = (row: string) => `
    vec4 ${row} = ${texelAt(at, `${row}${r}`, `left${c}`)};
    ${row} += (${texelAt(at, `${row}${r}`, `right${c}`)} - ${row}) * fractionX${c};`;
  return `  vec4 v${i};
  {${line('top')}${line('bottom')}
    v${i} = top + (bottom - top) * fractionY${r};
  }`;
}

function columnAt(at: Addressing, { x }: BilinearSpec, name: string, ix: string): string {
  return columnSource(at, 'x', name, { ix, quad: 'q', tile: x });
}

function texelAt(at: Addressing, row: string, column: string): string {
  return at.tiles('x', `${column}X`, `${row}Y`, `${row}Row + ${column}Column`);
}
