// dw[ky, kx, ic, oc] = sum over n, oy, ox of x[n, oy*strideH - padTop + ky*dilationH, ..., ic] * dy[n, oy, ox, oc]. A
// fragment sums the outer products of four output channels and four or eight input channels for one tap, over the
// pixels of a slice (slices.ts). Each of its targets is an input channel, RGBA are the output channels. It fetches two
// or three texels a pixel: 0.125 or 0.094 for each multiply-add.
//
// With groups, only the quads that hold channels of the output quad's own groups are multiplied, as in conv.ts.
//
// A product counts where its pixels lie in both images. Elsewhere both texels are read from the border: with one of
// them alone, the product would be zero times a number that may be infinite.

import type { Conv } from '../../../conv.js';
import { ints } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { logOf, textureRow, zeroRow } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { type SliceSize, type Slices, sliceDeclaration, sliceSource, sliceValues } from '../reduction/slices.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { quadsPerOutput } from './conv.js';

export interface GradFilterSpec {
  readonly x: TileShape;
  readonly dy: TileShape;
  /** Input quads of a fragment; 2 need eight targets. */
  readonly quads: 1 | 2;
}

/** X = output quad, Y = tap * rows of a tap + input quads / `quads`, from the first of the output quad's range on. */
export function gradFilterSize(conv: Conv, quads: 1 | 2): SliceSize {
  const { kH, kW, outC } = conv;
  return { columns: Math.ceil(outC / 4), rows: kH * kW * Math.ceil(quadsPerOutput(conv) / quads), layers: 4 * quads };
}

const gradFilterUniforms = uniforms({
  x: 'layout',
  dy: 'layout',
  ...ints('strideH', 'strideW', 'dilationH', 'dilationW', 'padTop', 'padLeft', 'kW'),
  // Channels of a group, and rows of a slice for one tap.
  ...ints('icg', 'ocg', 'rowsPerTap'),
  ...sliceDeclaration,
});

export function gradFilterValues(
  conv: Conv,
  x: TileLayout,
  dy: TileLayout,
  slices: Slices,
): ValuesOf<typeof gradFilterUniforms> {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kH, kW, inC, outC, groups } = conv;
  return {
    ...{ x, dy, strideH, strideW, dilationH, dilationW, padTop, padLeft, kW },
    ...{ icg: inC / groups, ocg: outC / groups, rowsPerTap: slices.rows / (kH * kW) },
    ...sliceValues(slices, dy),
  };
}

export function gradFilterProgram(spec: GradFilterSpec): TileProgram<typeof gradFilterUniforms> {
  return {
    key: `glsl/tiled/conv/gradFilter ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', dy: 'tiles' },
    uniforms: gradFilterUniforms,
    targets: 4 * spec.quads,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GradFilterSpec): string {
  const { dy, quads } = spec;
  const before = `
  int tap = row / rowsPerTap;
  int ky = tap / kW;
  int shiftY = ky * dilationH - padTop;
  int shiftX = (tap - ky * kW) * dilationW - padLeft;
  int quad = ((4 * column / ocg) * icg >> 2) + (row - tap * rowsPerTap) * ${quads};
  // Columns of x from the first one on that meet a column of dy.
  int columns = max(0, min(xW, (dyW - 1) * strideW + shiftX + 1));
  ${at.type} xStart = ${at.x('x', '1 + quad')};
  ${at.type} xStep = ${at.type}(xQuads) * ${at.step('x')};
  ${at.type} xBorder = ${at.x('x', '-1')};
  ${at.type} dyBorder = ${at.x('dy', '-1')};
${lines(4 * quads, (i) => `  vec4 acc${i} = vec4(0.0);`)}`;
  const body = `
${range(dy.rows)
  .map((r) => rowPairSource(at, spec, r))
  .join('')}
    for (int tileX = 0; tileX < tileColumns; tileX++) {
      int left = tileX * ${dy.columns} * strideW + shiftX;
      ${at.type} dyX = ${at.x('dy', '1 + tileX * dyQuads + column')};
${range(dy.columns)
  .map((c) => columnPairSource(at, spec, c))
  .join('')}
${lines(dy.rows, (r) => rowSource(at, spec, r))}
    }`;
  return `
void main() {${sliceSource('dy', before, body)}
${lines(4 * quads, (i) => `  y${i} = acc${i};`)}
}
`;
}

/**
 * Declares the addresses of row r of a tile of dy and of the row of x that it meets, of zeros if either does not exist.
 */
export function rowPairSource(at: Addressing, { x, dy }: Pick<GradFilterSpec, 'x' | 'dy'>, r: number): string {
  const log = logOf(x);
  const rowOf = (name: string, tileY: string) => {
    return `isRow${r} ? ${textureRow(name, 'n', tileY)} : ${zeroRow(name)}`;
  };
  return `
    int oy${r} = tileY * ${dy.rows} + ${r};
    int iy${r} = oy${r} * strideH + shiftY;
    bool isRow${r} = isInside && oy${r} < dyH && iy${r} >= 0 && iy${r} < xH;
    ${at.type} dyRow${r}Y = ${at.y('dy', `(${rowOf('dy', 'tileY')})`)};
    ${at.type} row${r}Y = ${at.y('x', `(${rowOf('x', `(iy${r} >> ${log.rows})`)})`)};
    ${at.type} row${r}Row = ${at.layer(`(iy${r} & ${x.rows - 1}) << ${log.columns}`)};`;
}

/** The same for column c. Columns that do not exist are read from the border. */
function columnPairSource(at: Addressing, { x }: GradFilterSpec, c: number): string {
  return `
      int ix${c} = left + ${c} * strideW;
      bool isColumn${c} = uint(ix${c}) < uint(columns);
      ${at.type} dyColumn${c}X = isColumn${c} ? dyX : dyBorder;
      ${at.type} column${c}X = isColumn${c} ? xStart + ${at.type}(ix${c} >> ${logOf(x).columns}) * xStep : xBorder;
      ${at.type} column${c}Column = ${at.layer(`ix${c} & ${x.columns - 1}`)};`;
}

/** A row of pixels at a time: a software renderer keeps sums in memory, and so touches each once for the whole row. */
function rowSource(at: Addressing, { dy, quads }: GradFilterSpec, r: number): string {
  const step = (i: number) => (i === 0 ? '' : ` + ${at.step('x')}`);
  const texelOf = (c: number, quad: number) => {
    return at.tiles('x', `column${c}X${step(quad)}`, `row${r}Y`, `row${r}Row + column${c}Column`);
  };
  // As a product with a matrix, see products.ts.
  const pixels = range(dy.columns);
  const type = dy.columns === 1 ? 'vec4' : `mat${dy.columns}x4`;
  const valuesOf = (lane: string) => {
    const values = pixels.map((c) => `v${c}.${lane}`).join(', ');
    return dy.columns === 1 ? values : `vec${dy.columns}(${values})`;
  };
  return `      {
${lines(dy.columns, (c) => {
  const layer = at.layer(`${r * dy.columns + c}`);
  return `        vec4 d${c} = ${at.tiles('dy', `dyColumn${c}X`, `dyRow${r}Y`, layer)};`;
})}
        ${type} d = ${type}(${pixels.map((c) => `d${c}`).join(', ')});
${lines(
  quads,
  (i) => `        {
${lines(dy.columns, (c) => `          vec4 v${c} = ${texelOf(c, i)};`)}
${lines(4, (l) => `          acc${4 * i + l} += d * ${valuesOf('xyzw'[l])};`)}
        }`,
)}
      }`;
}
