// y = clamp(conv(x, w) + bias), any filter, strides, dilations and groups: a fragment computes a tile of pixels of four
// output channels. For a tap and four input channels it fetches one texel for each pixel and four of weights.
//
// With a window (a filter of that size and dilation) the taps of the whole filter, or of a row of it, share their
// fetches: one texel for each input pixel that they reach. Fetches for each multiply-add, eight pixels: no window
// 0.094; 3x3 0.052, stride 2 0.070, dilation 2 0.073; rows of 3, 5, 7 0.063, 0.056, 0.054.

import type { Conv } from '../../../conv.js';
import { ints, type UniformValues } from '../../uniforms.js';
import { type Addressing, columnsOfQuad } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { betweenImagesSource, columnSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { clampDeclaration, clampSource, type EpilogueSpec, epilogueInputs, epilogueSource } from './clampEpilogue.js';
import { lanesOf, matrixType, weightMatrix } from './products.js';

export interface ConvSpec extends EpilogueSpec {
  readonly x: TileShape;
  readonly y: TileShape;
  /** The filter size, stride and dilation that the text is for; none: any. */
  readonly window?: Window;
  /** Channels of x in a texel that are not zero: 3 for the first layer of a network, which spares a quarter. */
  readonly lanes: 1 | 2 | 3 | 4;
  /** See mixesGroups(). */
  readonly mixed: boolean;
}

export interface Window {
  /** Default: any height, row by row. */
  readonly kH?: number;
  readonly kW: number;
  /** The horizontal stride, and the vertical one where there is a height. */
  readonly stride: number;
  /** The horizontal dilation, and the vertical one where there is a height; default 1. */
  readonly dilation?: number;
}

/** How many input quads an output quad sums over, at most: the loop count for all of them. */
export function quadsPerOutput({ inC, outC, groups }: Conv): number {
  const icg = inC / groups;
  const ocg = outC / groups;
  let most = 0;
  for (let q = 0; q * 4 < outC; q++) {
    const first = Math.floor((4 * q) / ocg) * icg;
    const last = (Math.floor(Math.min(4 * q + 3, outC - 1) / ocg) + 1) * icg;
    most = Math.max(most, Math.ceil(last / 4) - Math.floor(first / 4));
  }
  return most;
}

/**
 * Whether a texel of x or y holds channels of several groups. Then an output reads channels that are not of its group,
 * and a weight of zero would not hide a NaN or an infinity there.
 */
export function mixesGroups({ inC, outC, groups }: Conv): boolean {
  return groups > 1 && ((inC / groups) % 4 !== 0 || (outC / groups) % 4 !== 0);
}

/** The sizes of a filter and its window, which several programs share. */
export const filterDeclaration = {
  ...ints('strideH', 'strideW', 'dilationH', 'dilationW'),
  ...ints('padTop', 'padLeft', 'kH', 'kW'),
};

export function filterValues(conv: Conv): UniformValues<typeof filterDeclaration> {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kH, kW } = conv;
  return { strideH, strideW, dilationH, dilationW, padTop, padLeft, kH, kW };
}

export const convSizes = uniforms({
  x: 'layout',
  y: 'layout',
  ...filterDeclaration,
  // Input quads that an output quad sums over; channels of a group.
  ...ints('inQuads', 'icg', 'ocg'),
});

export function convSizesOf(conv: Conv, x: TileLayout, y: TileLayout) {
  const { inC, outC, groups } = conv;
  const inQuads = quadsPerOutput(conv);
  return convSizes.pack({ x, y, ...filterValues(conv), inQuads, icg: inC / groups, ocg: outC / groups });
}

const convUniforms = uniforms({ ...convSizes.declaration, ...clampDeclaration });

export function convProgram(spec: ConvSpec): TileProgram<typeof convUniforms> {
  return {
    key: `glsl/tiled/conv/conv ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', w: 'matrix', ...epilogueInputs(spec) },
    uniforms: convUniforms,
    targets: layersOf(spec.y),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: ConvSpec): string {
  const { window } = spec;
  return `${clampSource}
void main() {${placeSource('y')}${betweenImagesSource('y', spec.y)}
  int firstQuad = (4 * q / ocg) * icg >> 2;${spec.mixed ? ownChannelsSource : ''}${cornerSource(spec.y)}
${lines(layersOf(spec.y), (i) => `  vec4 acc${i} = vec4(0.0);`)}
${window?.kH ? windowSource(at, spec, { ...window, kH: window.kH }) : rowsSource(at, spec)}
${epilogueSource(at, spec, spec.y)}
}
`;
}

/** Declares row and column of the input pixel that the first tap of a tile's first pixel reads. */
export function cornerSource({ rows, columns }: TileShape): string {
  return `
  int top = tileY * ${rows} * strideH - padTop;
  int left = tileX * ${columns} * strideW - padLeft;`;
}

/** Declares the first input channel of each output channel's own group. */
const ownChannelsSource = `
  ivec4 firstOwn = (4 * q + ivec4(0, 1, 2, 3)) / ocg * icg;`;

/** The whole filter at once: an input row is fetched when a filter row first needs it. */
function windowSource(at: Addressing, spec: ConvSpec, window: Window & { readonly kH: number }): string {
  const { kH, kW, stride, dilation = 1 } = window;
  const width = windowWidth(spec, window);
  const height = (spec.y.rows - 1) * stride + (kH - 1) * dilation + 1;
  const rowsOf = (ky: number) => range(spec.y.rows).map((r) => r * stride + ky * dilation);
  const isNew = (row: number, ky: number) => !range(ky).some((before) => rowsOf(before).includes(row));
  return `
${range(height)
  .map((r) => rowSource(at, 'x', `row${r}`, `top + ${r}`, spec.x))
  .join('')}
${range(width)
  .map((c) => columnAt(at, spec, `column${c}`, `left + ${c}`))
  .join('')}
${lines(kH * kW, (tap) => `  ${at.type} wY${tap} = ${at.y('w', `q * ${kH * kW} + ${tap}`)};`)}
  for (int j = 0; j < inQuads; j++) {
    ${at.type} step = ${at.type}(j) * ${at.step('x')};
${range(kH)
  .map((ky) => {
    const rows = rowsOf(ky).filter((row) => isNew(row, ky));
    return `${fetchRows(at, rows, width)}
${range(kW)
  .map((kx) =>
    tapSource(at, spec, `wY${ky * kW + kx}`, (r, c) => `v${r * stride + ky * dilation}_${c * stride + kx * dilation}`),
  )
  .join('\n')}`;
  })
  .join('\n')}
  }`;
}

/** A filter row at a time. All rows share the addresses of columns, which pays where there are few channels. */
function rowsSource(at: Addressing, spec: ConvSpec): string {
  const columns = spec.window ? windowWidth(spec, spec.window) : 0;
  return `
${lines(columns, (c) => columnAt(at, spec, `column${c}`, `left + ${c}`))}
  for (int ky = 0; ky < kH; ky++) {
${range(spec.y.rows)
  .map((r) => rowSource(at, 'x', `row${r}`, `top + ${r} * strideH + ky * dilationH`, spec.x))
  .join('')}
${spec.window ? rowWindowSource(at, spec, spec.window) : tapsSource(at, spec)}
  }`;
}

/** One filter row, tap by tap. */
function tapsSource(at: Addressing, spec: ConvSpec): string {
  return `
    for (int kx = 0; kx < kW; kx++) {
${range(spec.y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, `left + ${c} * strideW + kx * dilationW`))
  .join('')}
      ${at.type} wY = ${at.y('w', '(q * kH + ky) * kW + kx')};
      for (int j = 0; j < inQuads; j++) {
        ${at.type} step = ${at.type}(j) * ${at.step('x')};
        ${columnsOfQuad(at, 'w', 'j', spec.lanes)}
${tapSource(
  at,
  spec,
  'wY',
  (r, c) => texelAt(at, r, c),
  (i) => `wX${i}`,
)}
      }
    }`;
}

/** One filter row with the input columns that its taps share. */
function rowWindowSource(at: Addressing, spec: ConvSpec, { kW, stride }: Window): string {
  const width = windowWidth(spec, { kW, stride });
  return `
${lines(kW, (kx) => `    ${at.type} wY${kx} = ${at.y('w', `(q * kH + ky) * kW + ${kx}`)};`)}
    for (int j = 0; j < inQuads; j++) {
      ${at.type} step = ${at.type}(j) * ${at.step('x')};
${fetchRows(at, range(spec.y.rows), width)}
${lines(kW, (kx) => tapSource(at, spec, `wY${kx}`, (r, c) => `v${r}_${c * stride + kx}`))}
    }`;
}

/** How many columns of the input a tile of outputs reads. */
function windowWidth({ y }: ConvSpec, { kW, stride, dilation = 1 }: Window): number {
  return (y.columns - 1) * stride + (kW - 1) * dilation + 1;
}

/** Declares v<row>_<column>. */
function fetchRows(at: Addressing, rows: readonly number[], width: number): string {
  return rows.flatMap((r) => range(width).map((c) => `    vec4 v${r}_${c} = ${texelAt(at, r, c)};`)).join('\n');
}

/**
 * The products of one tap and four input channels; `value` gives the texel of an output pixel, `columnOf` the address
 * of a channel's weights.
 */
function tapSource(
  at: Addressing,
  { y, lanes, mixed }: ConvSpec,
  wY: string,
  value: (row: number, column: number) => string,
  columnOf = (i: number) => at.x('w', `4 * j + ${i}`),
): string {
  const weights = lines(lanes, (i) => `        vec4 w${i} = ${at.matrix('w', columnOf(i), wY)};`);
  const sums = mixed ? ownGroupSums : matrixSums;
  return `      {
${weights}
${sums(lanes, layersOf(y), (i) => value(...pixelOf(i, y)))}
      }`;
}

type Value = (layer: number) => string;

function matrixSums(lanes: number, layers: number, value: Value): string {
  return `        ${matrixType(lanes)} w = ${weightMatrix(lanes)};
${lines(layers, (i) => `        acc${i} += w * ${lanesOf(value(i), lanes)};`)}`;
}

/** Leaves out the products of input channels that are not of an output channel's group: 0 * infinity would be NaN. */
function ownGroupSums(lanes: number, layers: number, value: Value): string {
  // A channel below the group is negative, which is very large without its sign.
  const isOwn = (lane: number) => `lessThan(uvec4(4 * (firstQuad + j) + ${lane} - firstOwn), uvec4(uint(icg)))`;
  return `${lines(lanes, (i) => `        bvec4 isOwn${i} = ${isOwn(i)};`)}
${lines(layers, (i) => {
  const products = range(lanes).map((k) => `acc${i} += mix(vec4(0.0), w${k} * v.${'xyzw'[k]}, isOwn${k});`);
  return `        { vec4 v = ${value(i)}; ${products.join(' ')} }`;
})}`;
}

function columnAt(at: Addressing, spec: ConvSpec, name: string, ix: string): string {
  return columnSource(at, 'x', name, { ix, quad: 'firstQuad', tile: spec.x });
}

function texelAt(at: Addressing, row: number, column: number): string {
  return at.tiles('x', `column${column}X + step`, `row${row}Y`, `row${row}Row + column${column}Column`);
}
