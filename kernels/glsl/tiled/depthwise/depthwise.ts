// y[..., c] = clamp(sum over the taps of x[..., c] * w[tap, c] + bias[c]): each channel by itself, as many in as out. A fragment
// computes a tile of pixels of four channels.
//
// With a window (a filter of that size, dilation 1) the taps share what they fetch, in the whole filter or in a row of it. Fetches
// for each multiply-add, eight pixels: no window 0.28; 3x3 0.115, stride 2 0.19; 5x5 0.091; rows of 7 0.12.

import type { Conv } from '../../../conv.js';
import type { Window } from '../conv/conv.js';
import { clampSource, type EpilogueSpec, epilogueInputs, epilogueSource } from '../conv/epilogue.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { betweenImagesSource, columnSource, dimsOf, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';

export interface DepthwiseSpec extends EpilogueSpec {
  readonly x: TileShape;
  readonly y: TileShape;
  /** Filter size and stride that the text is for; none: any. */
  readonly window?: Window;
}

export function depthwiseInts(conv: Conv, x: TileLayout, y: TileLayout): number[] {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kH, kW, outC } = conv;
  return [
    ...dimsOf(x),
    ...dimsOf(y),
    ...[strideH, strideW, dilationH, dilationW],
    ...[padTop, padLeft, kH, kW],
    ...[0, 0, 0, outC],
  ];
}

export function depthwiseProgram(spec: DepthwiseSpec): TileProgram {
  return {
    key: `glsl/tiled/depthwise ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', w: 'matrix', ...epilogueInputs(spec) },
    ints: ['xDims', 'yDims', 'steps', 'frame', 'channels'],
    floats: ['clampTo'],
    targets: spec.y.rows * spec.y.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: DepthwiseSpec): string {
  const layers = spec.y.rows * spec.y.columns;
  return `${clampSource}
void main() {${placeSource('yDims')}${betweenImagesSource('yDims', spec.y)}
  ivec2 corner = ivec2(yb * ${spec.y.rows}, xb * ${spec.y.columns}) * steps.xy - frame.xy;
  ${at.type} wX = ${at.x('w', 'q')};
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
${spec.window?.kH ? windowSource(at, spec, { ...spec.window, kH: spec.window.kH }) : rowsSource(at, spec)}
${epilogueSource(at, spec, spec.y)}
}
`;
}

/** A filter row at a time. */
function rowsSource(at: Addressing, spec: DepthwiseSpec): string {
  const { window } = spec;
  const columns = window ? windowWidth(spec, window) : 0;
  return `
${lines(columns, (c) => columnAt(at, spec, `column${c}`, `corner.y + ${c}`))}
  for (int ky = 0; ky < frame.z; ky++) {
${range(spec.y.rows)
  .map((r) => rowSource(at, 'x', `row${r}`, `corner.x + ${r} * steps.x + ky * steps.z`, spec.x))
  .join('')}
${window ? rowWindowSource(at, spec, window) : tapsSource(at, spec)}
  }`;
}

/** One filter row, tap by tap. */
function tapsSource(at: Addressing, spec: DepthwiseSpec): string {
  return `
    for (int kx = 0; kx < frame.w; kx++) {
${range(spec.y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c} * steps.y + kx * steps.w`))
  .join('')}
      vec4 w0 = ${at.matrix('w', 'wX', at.y('w', 'ky * frame.w + kx'))};
${lines(spec.y.rows * spec.y.columns, (i) => {
  const [r, c] = pixelOf(i, spec.y);
  return `      acc${i} += w0 * ${texelAt(at, `row${r}`, `column${c}`)};`;
})}
    }`;
}

/** One filter row with the input columns that its taps share. */
function rowWindowSource(at: Addressing, spec: DepthwiseSpec, window: Window): string {
  return `
${lines(window.kW, (kx) => weightSource(at, kx, `ky * ${window.kW} + ${kx}`))}
${lines(spec.y.rows, (r) => {
  return `    {
${lines(windowWidth(spec, window), (c) => `      vec4 v${c} = ${texelAt(at, `row${r}`, `column${c}`)};`)}
${lines(spec.y.columns, (c) => rowProducts(spec, window, { r, c, firstTap: 0 }))}
    }`;
})}`;
}

/** Columns of the input that a tile of outputs reads. */
function windowWidth({ y }: DepthwiseSpec, { kW, stride }: Window): number {
  return (y.columns - 1) * stride + kW;
}

function weightSource(at: Addressing, name: number, tap: string): string {
  return `    vec4 w${name} = ${at.matrix('w', 'wX', at.y('w', tap))};`;
}

/** What a filter row, whose weights are named from `firstTap`, adds to output pixel r, c. */
function rowProducts(
  { y }: DepthwiseSpec,
  { kW, stride }: Window,
  { r, c, firstTap }: { readonly r: number; readonly c: number; readonly firstTap: number },
): string {
  const products = range(kW).map((kx) => `w${firstTap + kx} * v${c * stride + kx}`);
  return `      acc${r * y.columns + c} += ${products.join(' + ')};`;
}

/** Each input row, with every (output row, filter row) that meets on it. */
function windowSource(at: Addressing, spec: DepthwiseSpec, window: Window & { readonly kH: number }): string {
  const { kH, kW, stride } = window;
  const width = windowWidth(spec, window);
  const height = (spec.y.rows - 1) * stride + kH;
  return `
${range(width)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c}`))
  .join('')}
${lines(kH * kW, (tap) => weightSource(at, tap, `${tap}`))}
${lines(
  height,
  (iy) => `  {
${rowSource(at, 'x', 'row', `corner.x + ${iy}`, spec.x)}
${lines(width, (c) => `    vec4 v${c} = ${texelAt(at, 'row', `column${c}`)};`)}
${range(spec.y.rows)
  .filter((r) => iy - r * stride >= 0 && iy - r * stride < kH)
  .flatMap((r) =>
    range(spec.y.columns).map((c) => rowProducts(spec, window, { r, c, firstTap: (iy - r * stride) * kW })),
  )
  .join('\n')}
  }`,
)}`;
}

function columnAt(at: Addressing, spec: DepthwiseSpec, name: string, ix: string): string {
  return columnSource(at, 'x', name, { ix, quad: 'q', tile: spec.x });
}

function texelAt(at: Addressing, row: string, column: string): string {
  return at.tiles('x', `${column}X`, `${row}Y`, `${row}Row + ${column}Column`);
}
