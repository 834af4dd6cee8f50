// y = clamp(conv(x, w) + bias), any filter, strides, dilations and groups, in the tiled layout: a fragment computes a tile of
// pixels of four output channels. Per tap and four input channels it fetches one texel for each pixel and four of weights.
//
// With a window (a filter of that size and dilation) taps share what they fetch: one texel for each input pixel that they reach,
// in the whole filter or in a row of it. Fetches for each multiply-add, eight pixels: no window 0.094; 3x3 0.052, stride 2
// 0.070, dilation 2 0.073; rows of 3, 5, 7 0.063, 0.056, 0.054.

import type { Conv } from '../../../conv.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { betweenImagesSource, columnSource, dimsOf, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { clampSource, type EpilogueSpec, epilogueInputs, epilogueSource } from './epilogue.js';
import { lanesOf, matrixType, weightMatrix } from './products.js';

export interface ConvSpec extends EpilogueSpec {
  readonly x: TileShape;
  readonly y: TileShape;
  /** Filter size, stride and dilation that the text is for; none: any. */
  readonly window?: Window;
  /** Input channels in a texel that are not zero: 3 for the first layer of a network, which spares a quarter. */
  readonly lanes: 1 | 2 | 3 | 4;
  /** See mixesGroups(). */
  readonly mixed: boolean;
}

export interface Window {
  /** None: any height, row by row. */
  readonly kH?: number;
  readonly kW: number;
  /** Horizontal, and vertical where there is a height. */
  readonly stride: number;
  /** The same; default 1. */
  readonly dilation?: number;
}

/** How many input quads an output quad adds up: the loop count for all, and where each begins. */
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
 * Whether a texel of x or y holds channels of several groups. What an output must not see then lies among what it reads, and a
 * weight of zero would not hide a NaN or an infinity there.
 */
export function mixesGroups({ inC, outC, groups }: Conv): boolean {
  return groups > 1 && ((inC / groups) % 4 !== 0 || (outC / groups) % 4 !== 0);
}

export function convInts(conv: Conv, x: TileLayout, y: TileLayout): number[] {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kH, kW, inC, outC, groups } = conv;
  return [
    ...dimsOf(x),
    ...dimsOf(y),
    ...[strideH, strideW, dilationH, dilationW],
    ...[padTop, padLeft, kH, kW],
    ...[quadsPerOutput(conv), inC / groups, outC / groups, outC],
  ];
}

export function convProgram(spec: ConvSpec): TileProgram {
  return {
    key: `glsl/tiled/conv ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', w: 'matrix', ...epilogueInputs(spec) },
    ints: ['xDims', 'yDims', 'steps', 'frame', 'channels'],
    floats: ['clampTo'],
    targets: spec.y.rows * spec.y.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: ConvSpec): string {
  const layers = spec.y.rows * spec.y.columns;
  const { window } = spec;
  return `${clampSource}
void main() {${placeSource('yDims')}${betweenImagesSource('yDims', spec.y)}
  int firstQuad = (4 * q / channels.z) * channels.y >> 2;${spec.mixed ? ownChannelsSource : ''}
  ivec2 corner = ivec2(yb * ${spec.y.rows}, xb * ${spec.y.columns}) * steps.xy - frame.xy;
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
${window?.kH ? windowSource(at, spec, { ...window, kH: window.kH }) : rowsSource(at, spec)}
${epilogueSource(at, spec, spec.y)}
}
`;
}

/** Declares the first input channel of each output channel's own group. */
const ownChannelsSource = `
  ivec4 firstOwn = (4 * q + ivec4(0, 1, 2, 3)) / channels.z * channels.y;`;

/** The whole filter at once: input rows are fetched when a filter row first needs them. */
function windowSource(at: Addressing, spec: ConvSpec, window: Window & { readonly kH: number }): string {
  const { kH, kW, stride, dilation = 1 } = window;
  const width = windowWidth(spec, window);
  const height = (spec.y.rows - 1) * stride + (kH - 1) * dilation + 1;
  const rowsOf = (ky: number) => range(spec.y.rows).map((r) => r * stride + ky * dilation);
  const isNew = (row: number, ky: number) => !range(ky).some((before) => rowsOf(before).includes(row));
  return `
${range(height)
  .map((r) => rowSource(at, 'x', `row${r}`, `corner.x + ${r}`, spec.x))
  .join('')}
${range(width)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c}`))
  .join('')}
${lines(kH * kW, (tap) => `  ${at.type} wY${tap} = ${at.y('w', `q * ${kH * kW} + ${tap}`)};`)}
  for (int j = 0; j < channels.x; j++) {
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

/** A filter row at a time. Columns that all rows share are addressed once: there may be no more than a few channels to a row. */
function rowsSource(at: Addressing, spec: ConvSpec): string {
  const columns = spec.window ? windowWidth(spec, spec.window) : 0;
  return `
${lines(columns, (c) => columnAt(at, spec, `column${c}`, `corner.y + ${c}`))}
  for (int ky = 0; ky < frame.z; ky++) {
${range(spec.y.rows)
  .map((r) => rowSource(at, 'x', `row${r}`, `corner.x + ${r} * steps.x + ky * steps.z`, spec.x))
  .join('')}
${spec.window ? rowWindowSource(at, spec, spec.window) : tapsSource(at, spec)}
  }`;
}

/** One filter row, tap by tap. */
function tapsSource(at: Addressing, spec: ConvSpec): string {
  return `
    for (int kx = 0; kx < frame.w; kx++) {
${range(spec.y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c} * steps.y + kx * steps.w`))
  .join('')}
      ${at.type} wY = ${at.y('w', '(q * frame.z + ky) * frame.w + kx')};
      for (int j = 0; j < channels.x; j++) {
        ${at.type} step = ${at.type}(j) * ${at.step('x')};
${tapSource(at, spec, 'wY', (r, c) => texelAt(at, r, c))}
      }
    }`;
}

/** One filter row with the input columns that its taps share. */
function rowWindowSource(at: Addressing, spec: ConvSpec, { kW, stride }: Window): string {
  const width = windowWidth(spec, { kW, stride });
  return `
${lines(kW, (kx) => `    ${at.type} wY${kx} = ${at.y('w', `(q * frame.z + ky) * frame.w + ${kx}`)};`)}
    for (int j = 0; j < channels.x; j++) {
      ${at.type} step = ${at.type}(j) * ${at.step('x')};
${fetchRows(at, range(spec.y.rows), width)}
${lines(kW, (kx) => tapSource(at, spec, `wY${kx}`, (r, c) => `v${r}_${c * stride + kx}`))}
    }`;
}

/** Columns of the input that a tile of outputs reads. */
function windowWidth({ y }: ConvSpec, { kW, stride, dilation = 1 }: Window): number {
  return (y.columns - 1) * stride + (kW - 1) * dilation + 1;
}

/** Declares v<row>_<column>. */
function fetchRows(at: Addressing, rows: readonly number[], width: number): string {
  return rows.flatMap((r) => range(width).map((c) => `    vec4 v${r}_${c} = ${texelAt(at, r, c)};`)).join('\n');
}

/** The products of one tap and four input channels; `value` gives the texel of an output pixel. */
function tapSource(
  at: Addressing,
  { y, lanes, mixed }: ConvSpec,
  wY: string,
  value: (row: number, column: number) => string,
): string {
  const weights = lines(lanes, (i) => `        vec4 w${i} = ${at.matrix('w', at.x('w', `4 * j + ${i}`), wY)};`);
  const sums = mixed ? ownGroupSums : matrixSums;
  return `      {
${weights}
${sums(lanes, y.rows * y.columns, (i) => value(...pixelOf(i, y)))}
      }`;
}

type Value = (layer: number) => string;

function matrixSums(lanes: number, layers: number, value: Value): string {
  return `        ${matrixType(lanes)} w = ${weightMatrix(lanes)};
${lines(layers, (i) => `        acc${i} += w * ${lanesOf(value(i), lanes)};`)}`;
}

/** Without the products of input channels that are not of an output channel's group: 0 * infinity would be no number. */
function ownGroupSums(lanes: number, layers: number, value: Value): string {
  // below the group is negative, which is very large without its sign
  const isOwn = (lane: number) => `lessThan(uvec4(4 * (firstQuad + j) + ${lane} - firstOwn), uvec4(uint(channels.y)))`;
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
