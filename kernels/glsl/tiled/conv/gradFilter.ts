// dw[ky, kx, ic, oc] = sum over n, oy, ox of x[n, oy*strideH - padTop + ky*dilationH, ..., ic] * dy[n, oy, ox, oc], in the tile
// layout: a fragment sums the outer products of four output channels and four or eight input channels for one tap, over the
// pixels of a slice (slices.ts). Of its targets each is an input channel, RGBA the output channels. It fetches two or three
// texels a pixel: 0.125 or 0.094 for each multiply-add.
//
// With groups only the quads that hold channels of the output quad's own groups are multiplied, as in conv.ts.
//
// A pixel counts where it lies in both images. Where it does not, both texels are read from the border: if one alone were, it
// would be zero times something, and that something may be infinite.

import type { Conv } from '../../../conv.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, logOf, textureRow, zeroRow } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { type SliceSize, type Slices, sliceInts, sliceSource } from '../reduction/slices.js';
import { quadsPerOutput } from './conv.js';

export interface GradFilterSpec {
  readonly x: TileShape;
  readonly dy: TileShape;
  /** Input quads of a fragment: 2 need eight targets. */
  readonly quads: 1 | 2;
}

/** X = output quad, Y = tap and then input quads, so many at a time, from the first of the output quad's range. */
export function gradFilterSize(conv: Conv, quads: 1 | 2): SliceSize {
  const { kH, kW, outC } = conv;
  return { columns: Math.ceil(outC / 4), rows: kH * kW * Math.ceil(quadsPerOutput(conv) / quads), layers: 4 * quads };
}

export function gradFilterInts(conv: Conv, x: TileLayout, dy: TileLayout, slices: Slices): number[] {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kH, kW, inC, outC, groups } = conv;
  return [
    ...dimsOf(x),
    ...dimsOf(dy),
    ...[strideH, strideW, dilationH, dilationW],
    ...[padTop, padLeft, kH, kW],
    ...[inC / groups, outC / groups, slices.rows / (kH * kW), 0],
    ...sliceInts(slices, dy),
  ];
}

export function gradFilterProgram(spec: GradFilterSpec): TileProgram {
  return {
    key: `glsl/tiled/gradFilter ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', dy: 'tiles' },
    ints: ['xDims', 'dyDims', 'steps', 'frame', 'channels', 'slices'],
    floats: [],
    targets: 4 * spec.quads,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GradFilterSpec): string {
  const { dy, quads } = spec;
  const before = `
  int tap = row / channels.z;
  int ky = tap / frame.w;
  ivec2 shift = ivec2(ky, tap - ky * frame.w) * steps.zw - frame.xy;
  int quad = ((4 * column / channels.y) * channels.x >> 2) + (row - tap * channels.z) * ${quads};
  // A column of x meets one of dy if it is one of the first so many.
  int columns = max(0, min(xDims.y, (dyDims.y - 1) * steps.y + shift.y + 1));
  ${at.type} xStart = ${at.x('x', '1 + quad')};
  ${at.type} xStep = ${at.type}(xDims.z) * ${at.step('x')};
  ${at.type} xBorder = ${at.x('x', '-1')};
  ${at.type} dyBorder = ${at.x('dy', '-1')};
${lines(4 * quads, (i) => `  vec4 acc${i} = vec4(0.0);`)}`;
  const body = `
${range(dy.rows)
  .map((r) => rowPairSource(at, spec, r))
  .join('')}
    for (int xb = 0; xb < slices.w; xb++) {
      int corner = xb * ${dy.columns} * steps.y + shift.y;
      ${at.type} dyX = ${at.x('dy', '1 + xb * dyDims.z + column')};
${range(dy.columns)
  .map((c) => columnPairSource(at, spec, c))
  .join('')}
${lines(dy.rows, (r) => rowSource(at, spec, r))}
    }`;
  return `
void main() {${sliceSource('dyDims', before, body)}
${lines(4 * quads, (i) => `  y${i} = acc${i};`)}
}
`;
}

/** Declares the addresses of row r of a tile of dy and of the row of x that it meets; both in the border if one is not there. */
export function rowPairSource(at: Addressing, { x, dy }: Pick<GradFilterSpec, 'x' | 'dy'>, r: number): string {
  const log = logOf(x);
  const rowOf = (dims: string, yb: string) => `isRow${r} ? ${textureRow(dims, 'n', yb)} : ${zeroRow(dims)}`;
  return `
    int oy${r} = yb * ${dy.rows} + ${r};
    int iy${r} = oy${r} * steps.x + shift.x;
    bool isRow${r} = isInside && oy${r} < dyDims.x && iy${r} >= 0 && iy${r} < xDims.x;
    ${at.type} dyRow${r}Y = ${at.y('dy', `(${rowOf('dyDims', 'yb')})`)};
    ${at.type} row${r}Y = ${at.y('x', `(${rowOf('xDims', `(iy${r} >> ${log.rows})`)})`)};
    ${at.type} row${r}Row = ${at.layer(`(iy${r} & ${x.rows - 1}) << ${log.columns}`)};`;
}

/** The same for column c. */
function columnPairSource(at: Addressing, { x }: GradFilterSpec, c: number): string {
  return `
      int ix${c} = corner + ${c} * steps.y;
      bool isColumn${c} = uint(ix${c}) < uint(columns);
      ${at.type} dyColumn${c}X = isColumn${c} ? dyX : dyBorder;
      ${at.type} column${c}X = isColumn${c} ? xStart + ${at.type}(ix${c} >> ${logOf(x).columns}) * xStep : xBorder;
      ${at.type} column${c}Column = ${at.layer(`ix${c} & ${x.columns - 1}`)};`;
}

/** A row of pixels at a time, so that a sum is touched once for all of them: a software renderer keeps the sums in memory. */
function rowSource(at: Addressing, { dy, quads }: GradFilterSpec, r: number): string {
  const step = (i: number) => (i === 0 ? '' : ` + ${at.step('x')}`);
  const texelOf = (c: number, quad: number) => {
    return at.tiles('x', `column${c}X${step(quad)}`, `row${r}Y`, `row${r}Row + column${c}Column`);
  };
  // a product with a matrix, see products.ts
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
