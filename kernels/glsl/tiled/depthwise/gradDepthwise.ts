// The gradient of a depthwise filter, as many channels in as out: dw[ky, kx, c] = sum over the pixels of x[..., c] *
// dy[..., c]. The same for a filter over one channel, which all channels of dy meet (gray pictures): conv/gradFilter.ts
// would multiply three channels that are not there. A fragment sums some taps of a filter row, a target each, for four channels over the pixels of a slice
// (slices.ts).
//
// With a window (a row of that width, dilation 1) the taps share their fetches of x. Fetches for each multiply-add,
// eight pixels: no window 0.31; 3, 5, 7 taps 0.21, 0.15, 0.13, stride 2: 0.27, 0.19, 0.15.
//
// Taps share dy. So a product with a pixel outside the image is left out by a selection: its other factor may be
// infinite.

import type { Conv } from '../../../conv.js';
import { ints } from '../../uniforms.js';
import { rowPairSource } from '../conv/gradFilter.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { logOf } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { type SliceSize, type Slices, sliceDeclaration, sliceSource, sliceValues } from '../reduction/slices.js';
import { uniforms, type ValuesOf } from '../uniforms.js';

export interface GradDepthwiseSpec {
  readonly x: TileShape;
  readonly dy: TileShape;
  /** Whether x has one channel for all. */
  readonly ofOne: boolean;
  /** The width of the filter and the stride that the text is for; none: any. */
  readonly window?: { readonly kW: number; readonly stride: number };
}

/** Taps of a fragment where there is no window. */
const TAPS = 4;

/** X = channel quad, Y = ky * groups of taps + group of taps, layer = tap within its group. */
export function gradDepthwiseSize({ kH, kW, outC }: Conv, { window }: Pick<GradDepthwiseSpec, 'window'>): SliceSize {
  const layers = window?.kW ?? TAPS;
  return { columns: Math.ceil(outC / 4), rows: kH * Math.ceil(kW / layers), layers };
}

const gradDepthwiseUniforms = uniforms({
  x: 'layout',
  dy: 'layout',
  ...ints('strideH', 'strideW', 'dilationH', 'dilationW', 'padTop', 'padLeft'),
  // Groups of taps in a filter row.
  ...ints('tapGroups'),
  ...sliceDeclaration,
});

export function gradDepthwiseValues(
  conv: Conv,
  x: TileLayout,
  dy: TileLayout,
  slices: Slices,
): ValuesOf<typeof gradDepthwiseUniforms> {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kW } = conv;
  return {
    ...{ x, dy, strideH, strideW, dilationH, dilationW, padTop, padLeft },
    tapGroups: Math.ceil(kW / slices.layers),
    ...sliceValues(slices, dy),
  };
}

export function gradDepthwiseProgram(spec: GradDepthwiseSpec): TileProgram<typeof gradDepthwiseUniforms> {
  return {
    key: `glsl/tiled/depthwise/gradDepthwise ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', dy: 'tiles' },
    uniforms: gradDepthwiseUniforms,
    targets: spec.window?.kW ?? TAPS,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GradDepthwiseSpec): string {
  const { dy, window } = spec;
  const taps = window?.kW ?? TAPS;
  const before = `
  int ky = row / tapGroups;
  int shiftY = ky * dilationH - padTop;
  int shiftX = (row - ky * tapGroups) * ${taps} * dilationW - padLeft;
${lines(taps, (i) => `  vec4 acc${i} = vec4(0.0);`)}`;
  const body = `
${range(dy.rows)
  .map((r) => rowPairSource(at, spec, r))
  .join('')}
    for (int tileX = 0; tileX < tileColumns; tileX++) {
      ${at.type} dyX = ${at.x('dy', '1 + tileX * dyQuads + column')};
      int left = tileX * ${dy.columns} * strideW + shiftX;
${lines(dy.columns, (c) => `      bool isColumn${c} = tileX * ${dy.columns} + ${c} < dyW;`)}
${window ? windowSource(at, spec, window) : tapsSource(at, spec)}
    }`;
  return `
void main() {${sliceSource('dy', before, body)}
${lines(taps, (i) => `  y${i} = acc${i};`)}
}
`;
}

function windowSource(at: Addressing, spec: GradDepthwiseSpec, { kW, stride }: { kW: number; stride: number }): string {
  const { dy } = spec;
  const width = (dy.columns - 1) * stride + kW;
  return `
${lines(width, (c) => columnAt(at, spec, `column${c}`, `left + ${c}`))}
${lines(
  dy.rows,
  (r) => `      {
${lines(width, (c) => `        vec4 v${c} = ${texelAt(at, spec, r, `column${c}`)};`)}
${productsSource(at, spec, r, kW, (c, kx) => {
  return { column: `column${c * stride + kx}`, value: `v${c * stride + kx}` };
})}
      }`,
)}`;
}

function tapsSource(at: Addressing, spec: GradDepthwiseSpec): string {
  const { dy } = spec;
  const name = (c: number, kx: number) => `column${c}_${kx}`;
  const columns = range(dy.columns).flatMap((c) => range(TAPS).map((kx) => ({ c, kx })));
  return `
${columns.map(({ c, kx }) => columnAt(at, spec, name(c, kx), `left + ${c} * strideW + ${kx} * dilationW`)).join('\n')}
${lines(dy.rows, (r) =>
  productsSource(at, spec, r, TAPS, (c, kx) => ({ column: name(c, kx), value: texelAt(at, spec, r, name(c, kx)) })),
)}`;
}

/** Adds a row of pixels to each tap. `meets` names the column of x that a pixel meets, and the texel there. */
function productsSource(
  at: Addressing,
  { dy }: GradDepthwiseSpec,
  r: number,
  taps: number,
  meets: (c: number, kx: number) => { readonly column: string; readonly value: string },
): string {
  const product = (c: number, kx: number) => {
    const { column, value } = meets(c, kx);
    return `mix(vec4(0.0), d${c} * ${value}, bvec4(isColumn${c} && ${column}In))`;
  };
  return `      {
${lines(dy.columns, (c) => {
  return `        vec4 d${c} = ${at.tiles('dy', 'dyX', `dyRow${r}Y`, at.layer(`${r * dy.columns + c}`))};`;
})}
${lines(taps, (kx) => {
  const products = range(dy.columns).map((c) => product(c, kx));
  return `        acc${kx} += ${products.join(' + ')};`;
})}
      }`;
}

/** Declares the address and the layer of a column of x, and whether it exists. */
function columnAt(at: Addressing, { x, ofOne }: GradDepthwiseSpec, name: string, ix: string): string {
  const log = logOf(x);
  return `
      int ${name}I = ${ix};
      bool ${name}In = uint(${name}I) < uint(xW);
      ${at.type} ${name}X = ${at.x('x', `1 + (${name}I >> ${log.columns}) * xQuads${ofOne ? '' : ' + column'}`)};
      ${at.type} ${name}Column = ${at.layer(`${name}I & ${x.columns - 1}`)};`;
}

function texelAt(at: Addressing, { ofOne }: GradDepthwiseSpec, row: number, column: string): string {
  const texel = at.tiles('x', `${column}X`, `row${row}Y`, `row${row}Row + ${column}Column`);
  return ofOne ? `${texel}.xxxx` : texel;
}
