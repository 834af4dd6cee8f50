// Bilinear resize: an output pixel lies between two input rows and two input columns,
//
//   y = top + (bottom - top) * fraction       where top, bottom = left + (right - left) * fraction
//
// A fragment fetches four texels for each of its pixels. (Where an image doubles, twelve would do for eight pixels, but
// SwiftShader takes longer to choose among them than to fetch them.)

import { ivec4s } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { columnSource, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { axisVector, floorDivideSource, type SourceAxis } from '../movement/sourceAxis.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';

export interface BilinearSpec {
  readonly x: TileShape;
  readonly y: TileShape;
}

/** Output index i lies at (i * step + offset) / divisor among the indices of the input. */
export interface SourceAxes {
  readonly rows: SourceAxis;
  readonly columns: SourceAxis;
}

const bilinearUniforms = uniforms({ ...ivec4s('rowAxis', 'columnAxis'), x: 'layout', y: 'layout' });

export function bilinearValues(
  x: TileLayout,
  y: TileLayout,
  { rows, columns }: SourceAxes,
): ValuesOf<typeof bilinearUniforms> {
  return { rowAxis: axisVector(rows), columnAxis: axisVector(columns), x, y };
}

export function bilinearProgram(spec: BilinearSpec): TileProgram<typeof bilinearUniforms> {
  return {
    key: `glsl/tiled/resize/bilinear ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    uniforms: bilinearUniforms,
    targets: layersOf(spec.y),
    source: (at) => source(at, spec),
  };
}

// The input indices (low, high) around output index i, and its distance from low as a fraction of the divisor.
const betweenSource = `
ivec3 between(int i, ivec4 axis, int size) {
  int position = i * axis.x + axis.y;
  int low = floorDivide(position, axis.z);
  int rest = position - low * axis.z;
  return ivec3(max(low, 0), min(rest > 0 ? low + 1 : low, size - 1), rest);
}
`;

function source(at: Addressing, spec: BilinearSpec): string {
  const { x, y } = spec;
  return `${floorDivideSource}${betweenSource}
void main() {${placeSource('y')}
${lines(y.rows, (r) => `  ivec3 iy${r} = between(tileY * ${y.rows} + ${r}, rowAxis, xH);`)}
${lines(y.columns, (c) => `  ivec3 ix${c} = between(tileX * ${y.columns} + ${c}, columnAxis, xW);`)}
${lines(y.rows, (r) => `  float fractionY${r} = float(iy${r}.z) / float(rowAxis.z);`)}
${lines(y.columns, (c) => `  float fractionX${c} = float(ix${c}.z) / float(columnAxis.z);`)}
${range(y.columns)
  .map((c) => columnAt(at, spec, `left${c}`, `ix${c}.x`) + columnAt(at, spec, `right${c}`, `ix${c}.y`))
  .join('')}
${range(y.rows)
  .map((r) => rowSource(at, 'x', `top${r}`, `iy${r}.x`, x) + rowSource(at, 'x', `bottom${r}`, `iy${r}.y`, x))
  .join('')}
${lines(layersOf(y), (i) => pixelSource(at, spec, i))}
${maskSource('y', y, (i) => `v${i}`)}
${lines(layersOf(y), (i) => `  y${i} = v${i};`)}
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
