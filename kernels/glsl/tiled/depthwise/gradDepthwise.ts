// The gradient of a depthwise filter, as many channels in as out: dw[ky, kx, c] = sum over the pixels of x[..., c] * dy[..., c].
// A fragment sums some taps of a filter row, a target each, for four channels over the pixels of a slice (slices.ts).
//
// With a window (a row of that width, dilation 1) the taps share what they fetch of x. Fetches for each multiply-add, eight
// pixels: no window 0.31; 3, 5, 7 taps 0.21, 0.15, 0.13, stride 2: 0.27, 0.19, 0.15.
//
// Taps share dy: a product is left out by a selection, for one of its factors may be infinite where the other is not there.

import type { Conv } from '../../../conv.js';
import { rowPairSource } from '../conv/gradFilter.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, logOf } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { type SliceSize, type Slices, sliceInts, sliceSource } from '../reduction/slices.js';

export interface GradDepthwiseSpec {
  readonly x: TileShape;
  readonly dy: TileShape;
  /** Width of the filter and stride that the text is for; none: any. */
  readonly window?: { readonly kW: number; readonly stride: number };
}

/** Taps of a fragment where there is no window. */
const TAPS = 4;

/** X = channel quad, Y = ky * groups of taps + group of taps, layer = tap within its group. */
export function gradDepthwiseSize({ kH, kW, outC }: Conv, { window }: GradDepthwiseSpec): SliceSize {
  const layers = window?.kW ?? TAPS;
  return { columns: Math.ceil(outC / 4), rows: kH * Math.ceil(kW / layers), layers };
}

export function gradDepthwiseInts(conv: Conv, x: TileLayout, dy: TileLayout, slices: Slices): number[] {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kW } = conv;
  return [
    ...dimsOf(x),
    ...dimsOf(dy),
    ...[strideH, strideW, dilationH, dilationW],
    ...[padTop, padLeft, Math.ceil(kW / slices.layers), 0],
    ...sliceInts(slices, dy),
  ];
}

export function gradDepthwiseProgram(spec: GradDepthwiseSpec): TileProgram {
  return {
    key: `glsl/tiled/gradDepthwise ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', dy: 'tiles' },
    ints: ['xDims', 'dyDims', 'steps', 'frame', 'slices'],
    floats: [],
    targets: spec.window?.kW ?? TAPS,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GradDepthwiseSpec): string {
  const { dy, window } = spec;
  const taps = window?.kW ?? TAPS;
  const before = `
  int ky = row / frame.z;
  ivec2 shift = ivec2(ky, (row - ky * frame.z) * ${taps}) * steps.zw - frame.xy;
${lines(taps, (i) => `  vec4 acc${i} = vec4(0.0);`)}`;
  const body = `
${range(dy.rows)
  .map((r) => rowPairSource(at, spec, r))
  .join('')}
    for (int xb = 0; xb < slices.w; xb++) {
      ${at.type} dyX = ${at.x('dy', '1 + xb * dyDims.z + column')};
      int corner = xb * ${dy.columns} * steps.y + shift.y;
${lines(dy.columns, (c) => `      bool isColumn${c} = xb * ${dy.columns} + ${c} < dyDims.y;`)}
${window ? windowSource(at, spec, window) : tapsSource(at, spec)}
    }`;
  return `
void main() {${sliceSource('dyDims', before, body)}
${lines(taps, (i) => `  y${i} = acc${i};`)}
}
`;
}

function windowSource(at: Addressing, spec: GradDepthwiseSpec, { kW, stride }: { kW: number; stride: number }): string {
  const { dy } = spec;
  const width = (dy.columns - 1) * stride + kW;
  return `
${lines(width, (c) => columnAt(at, spec, `column${c}`, `corner + ${c}`))}
${lines(
  dy.rows,
  (r) => `      {
${lines(width, (c) => `        vec4 v${c} = ${texelAt(at, r, `column${c}`)};`)}
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
${columns.map(({ c, kx }) => columnAt(at, spec, name(c, kx), `corner + ${c} * steps.y + ${kx} * steps.w`)).join('\n')}
${lines(dy.rows, (r) =>
  productsSource(at, spec, r, TAPS, (c, kx) => ({ column: name(c, kx), value: texelAt(at, r, name(c, kx)) })),
)}`;
}

/** Adds a row of pixels to each tap; `meets` says which column of x a pixel meets, and the texel there. */
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

/** Declares address and layer of a column of x, and whether there is one. */
function columnAt(at: Addressing, { x }: GradDepthwiseSpec, name: string, ix: string): string {
  const log = logOf(x);
  return `
      int ${name}I = ${ix};
      bool ${name}In = uint(${name}I) < uint(xDims.y);
      ${at.type} ${name}X = ${at.x('x', `1 + (${name}I >> ${log.columns}) * xDims.z + column`)};
      ${at.type} ${name}Column = ${at.layer(`${name}I & ${x.columns - 1}`)};`;
}

function texelAt(at: Addressing, row: number, column: string): string {
  return at.tiles('x', `${column}X`, `row${row}Y`, `row${row}Row + ${column}Column`);
}
