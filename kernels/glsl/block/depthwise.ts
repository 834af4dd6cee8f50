// y[..., c] = clamp(sum over the taps of x[..., c] * w[tap, c] + bias[c]): each channel by itself, as many in as out. A fragment
// computes a block of pixels of four channels.
//
// With a window (square filter of `k`, dilation 1) the taps share what they fetch; input rows are fetched as they are needed.
// Fetches for each multiply-add, eight pixels: no window 0.28; 3x3 0.115, stride 2 0.19; 5x5 0.091.

import type { Conv } from '../../types.js';
import type { Addressing } from './addressing.js';
import { clampSource, type EpilogueSpec, epilogueInputs, epilogueSource } from './epilogue.js';
import type { BlockLayout, BlockShape } from './layout.js';
import { betweenImagesSource, columnSource, dimsOf, pixelOf, placeSource, rowSource } from './place.js';
import { type BlockProgram, lines, range } from './program.js';

export interface DepthwiseSpec extends EpilogueSpec {
  readonly x: BlockShape;
  readonly y: BlockShape;
  /** Filter size and strides that the text is for; none: any. */
  readonly window?: { readonly k: number; readonly stride: number };
}

export function depthwiseInts(conv: Conv, x: BlockLayout, y: BlockLayout): number[] {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft, kH, kW, outC } = conv;
  return [
    ...dimsOf(x),
    ...dimsOf(y),
    ...[strideH, strideW, dilationH, dilationW],
    ...[padTop, padLeft, kH, kW],
    ...[0, 0, 0, outC],
  ];
}

export function depthwiseProgram(spec: DepthwiseSpec): BlockProgram {
  return {
    key: `glsl/block/depthwise ${JSON.stringify(spec)}`,
    inputs: { x: 'blocks', w: 'matrix', ...epilogueInputs(spec) },
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
${spec.window ? windowSource(at, spec, spec.window) : tapsSource(at, spec)}
${epilogueSource(at, spec, spec.y)}
}
`;
}

function tapsSource(at: Addressing, spec: DepthwiseSpec): string {
  return `
  for (int ky = 0; ky < frame.z; ky++) {
${range(spec.y.rows)
  .map((r) => rowSource(at, 'x', `row${r}`, `corner.x + ${r} * steps.x + ky * steps.z`, spec.x))
  .join('')}
    for (int kx = 0; kx < frame.w; kx++) {
${range(spec.y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c} * steps.y + kx * steps.w`))
  .join('')}
      vec4 w0 = ${at.matrix('w', 'wX', at.y('w', 'ky * frame.w + kx'))};
${lines(spec.y.rows * spec.y.columns, (i) => {
  const [r, c] = pixelOf(i, spec.y);
  return `      acc${i} += w0 * ${texelAt(at, `row${r}`, `column${c}`)};`;
})}
    }
  }`;
}

/** Each input row, with every (output row, filter row) that meets on it. */
function windowSource(
  at: Addressing,
  spec: DepthwiseSpec,
  { k, stride }: { readonly k: number; readonly stride: number },
): string {
  const width = (spec.y.columns - 1) * stride + k;
  const height = (spec.y.rows - 1) * stride + k;
  return `
${range(width)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c}`))
  .join('')}
${lines(k * k, (tap) => `  vec4 w${tap} = ${at.matrix('w', 'wX', at.y('w', `${tap}`))};`)}
${lines(
  height,
  (iy) => `  {
${rowSource(at, 'x', 'row', `corner.x + ${iy}`, spec.x)}
${lines(width, (c) => `    vec4 v${c} = ${texelAt(at, 'row', `column${c}`)};`)}
${range(spec.y.rows)
  .filter((r) => iy - r * stride >= 0 && iy - r * stride < k)
  .flatMap((r) => range(spec.y.columns).map((c) => rowProducts(r, c, iy - r * stride)))
  .join('\n')}
  }`,
)}`;

  function rowProducts(r: number, c: number, ky: number): string {
    const products = range(k).map((kx) => `w${ky * k + kx} * v${c * stride + kx}`);
    return `    acc${r * spec.y.columns + c} += ${products.join(' + ')};`;
  }
}

function columnAt(at: Addressing, spec: DepthwiseSpec, name: string, ix: string): string {
  return columnSource(at, 'x', name, { ix, quad: 'q', block: spec.x });
}

function texelAt(at: Addressing, row: string, column: string): string {
  return at.blocks('x', `${column}X`, `${row}Y`, `${row}Row + ${column}Column`);
}
