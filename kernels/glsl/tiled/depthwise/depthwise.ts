// y[..., c] = clamp(sum over the taps of x[..., c] * w[tap, c] + bias[c]): each channel by itself, as many in as out. A
// fragment computes a tile of pixels of four channels.
//
// With a window (a filter of that size, dilation 1) the taps of the whole filter, or of a row of it, share their
// fetches. Fetches for each multiply-add, eight pixels: no window 0.28; 3x3 0.115, stride 2 0.19; 5x5 0.091; rows of 7
// 0.12.

import type { Conv } from '../../../conv.js';
import {
  clampDeclaration,
  clampSource,
  type EpilogueSpec,
  epilogueInputs,
  epilogueSource,
} from '../conv/clampEpilogue.js';
import { cornerSource, filterDeclaration, filterValues, type Window } from '../conv/conv.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { betweenImagesSource, columnSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';

export interface DepthwiseSpec extends EpilogueSpec {
  readonly x: TileShape;
  readonly y: TileShape;
  /** The filter size and stride that the text is for; none: any. */
  readonly window?: Window;
}

export const depthwiseSizes = uniforms({ x: 'layout', y: 'layout', ...filterDeclaration });

const depthwiseUniforms = uniforms({ ...depthwiseSizes.declaration, ...clampDeclaration });

export function depthwiseSizesOf(conv: Conv, x: TileLayout, y: TileLayout) {
  return depthwiseSizes.pack({ x, y, ...filterValues(conv) });
}

export function depthwiseProgram(spec: DepthwiseSpec): TileProgram<typeof depthwiseUniforms> {
  return {
    key: `glsl/tiled/depthwise/depthwise ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', w: 'matrix', ...epilogueInputs(spec) },
    uniforms: depthwiseUniforms,
    targets: layersOf(spec.y),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: DepthwiseSpec): string {
  return `${clampSource}
void main() {${placeSource('y')}${betweenImagesSource('y', spec.y)}${cornerSource(spec.y)}
  ${at.type} wX = ${at.x('w', 'q')};
${lines(layersOf(spec.y), (i) => `  vec4 acc${i} = vec4(0.0);`)}
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
${lines(columns, (c) => columnAt(at, spec, `column${c}`, `left + ${c}`))}
  for (int ky = 0; ky < kH; ky++) {
${range(spec.y.rows)
  .map((r) => rowSource(at, 'x', `row${r}`, `top + ${r} * strideH + ky * dilationH`, spec.x))
  .join('')}
${window ? rowWindowSource(at, spec, window) : tapsSource(at, spec)}
  }`;
}

/** One filter row, tap by tap. */
function tapsSource(at: Addressing, spec: DepthwiseSpec): string {
  return `
    for (int kx = 0; kx < kW; kx++) {
${range(spec.y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, `left + ${c} * strideW + kx * dilationW`))
  .join('')}
      vec4 w0 = ${at.matrix('w', 'wX', at.y('w', 'ky * kW + kx'))};
${lines(layersOf(spec.y), (i) => {
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

/** How many columns of the input a tile of outputs reads. */
function windowWidth({ y }: DepthwiseSpec, { kW, stride }: Window): number {
  return (y.columns - 1) * stride + kW;
}

function weightSource(at: Addressing, name: number, tap: string): string {
  return `    vec4 w${name} = ${at.matrix('w', 'wX', at.y('w', tap))};`;
}

/** Adds the products of a filter row, whose weights are named from `firstTap` on, to output pixel r, c. */
function rowProducts(
  { y }: DepthwiseSpec,
  { kW, stride }: Window,
  { r, c, firstTap }: { readonly r: number; readonly c: number; readonly firstTap: number },
): string {
  const products = range(kW).map((kx) => `w${firstTap + kx} * v${c * stride + kx}`);
  return `      acc${r * y.columns + c} += ${products.join(' + ')};`;
}

/** Each input row, with every pair of an output row and a filter row that reads it. */
function windowSource(at: Addressing, spec: DepthwiseSpec, window: Window & { readonly kH: number }): string {
  const { kH, kW, stride } = window;
  const width = windowWidth(spec, window);
  const height = (spec.y.rows - 1) * stride + kH;
  return `
${range(width)
  .map((c) => columnAt(at, spec, `column${c}`, `left + ${c}`))
  .join('')}
${lines(kH * kW, (tap) => weightSource(at, tap, `${tap}`))}
${lines(
  height,
  (iy) => `  {
${rowSource(at, 'x', 'row', `top + ${iy}`, spec.x)}
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
