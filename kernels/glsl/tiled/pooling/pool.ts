// Pooling: the maximum, the mean or the sum of the pixels of each window that lie in the image, of any filter, stride and
// padding. For the gradient of the maximum it also finds where the maximum is: ky * kW + kx of the first pixel of the
// window that holds it, -1 if none does. A fragment fetches one texel for each pixel of its windows.
//
// With a window (a square filter of size `k`) adjacent pixels share their fetches. Fetches for eight pixels, 3x3: 72;
// with a window 24, with stride 2 45.

import { floats, ints } from '../../uniforms.js';
import { cornerSource } from '../conv/conv.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { columnSource, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { nearSource } from '../reduction/near.js';
import { uniforms, type ValuesOf } from '../uniforms.js';

/** Resolved windows over an image. */
export interface Pooling {
  readonly kH: number;
  readonly kW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

export interface PoolSpec {
  /** Windows of a sum lie in the image. */
  readonly kind: 'max' | 'mean' | 'sum' | 'argmax';
  readonly x: TileShape;
  readonly y: TileShape;
  /** The filter size and stride that the text is for; none: any. */
  readonly window?: { readonly k: number; readonly stride: number };
}

export function poolSpec(kind: PoolSpec['kind'], x: TileLayout, y: TileLayout, pooling: Pooling): PoolSpec {
  const { kH, kW, strideH, strideW } = pooling;
  const isSquare = kH === kW && strideH === strideW;
  const pays = kH === 3 ? strideH <= 2 : kH === 2 && strideH === 2;
  const window = isSquare && pays && kind !== 'argmax' ? { k: kH, stride: strideH } : undefined;
  return { kind, x: x.tile, y: y.tile, window };
}

export const poolingDeclaration = ints('strideH', 'strideW', 'kH', 'kW', 'padTop', 'padLeft');

const poolUniforms = uniforms({
  x: 'layout',
  y: 'layout',
  ...poolingDeclaration,
  // GLSL has no literal for an infinity.
  ...floats('minusInfinity'),
});

export function poolValues(
  x: TileLayout,
  y: TileLayout,
  { kH, kW, strideH, strideW, padTop, padLeft }: Pooling,
): ValuesOf<typeof poolUniforms> {
  return { x, y, strideH, strideW, kH, kW, padTop, padLeft, minusInfinity: Number.NEGATIVE_INFINITY };
}

export function poolProgram(spec: PoolSpec): TileProgram<typeof poolUniforms> {
  return {
    key: `glsl/tiled/pooling/pool ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    uniforms: poolUniforms,
    targets: layersOf(spec.y),
    source: (at) => source(at, spec),
  };
}

// A comparison with NaN is false, so NaN is passed over.
const largerSource = `
vec4 larger(vec4 a, vec4 b) {
  return mix(a, b, greaterThan(b, a));
}
`;

const functions = { max: largerSource, mean: nearSource, sum: '', argmax: '' };

// Nothing reads the argmax of a window without pixels: no pixel is in it.
const starts = { max: 'vec4(minusInfinity)', mean: 'vec4(0.0)', sum: 'vec4(0.0)', argmax: 'vec4(-1.0)' };

function source(at: Addressing, spec: PoolSpec): string {
  const { kind, y, window } = spec;
  const layers = layersOf(y);
  const isAgain = needsSecondSum(spec);
  return `${functions[kind]}
void main() {${placeSource('y')}${cornerSource(y)}
${lines(layers, (i) => `  vec4 acc${i} = ${starts[kind]};`)}
${kind === 'argmax' ? lines(layers, (i) => `  vec4 best${i} = vec4(minusInfinity);`) : ''}
${isAgain ? lines(layers, (i) => `  vec4 one${i};`) : ''}
${window ? windowSource(at, spec, window) : tapsSource(at, spec, (i) => tapSource(at, spec, i))}
${kind === 'max' || kind === 'mean' ? finishSource(spec) : ''}
${isAgain ? nearMeansSource(at, spec) : ''}
${maskSource('y', y, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}
}
`;
}

/** Sums of 1, 2 and 4 equal values are exact, and so are their means; quarters of values do not overflow. */
function needsSecondSum({ kind, window }: PoolSpec): boolean {
  return kind === 'mean' && window?.k !== 2;
}

/** Turns sums into means, and gives the maximum of a window without pixels. */
function finishSource(spec: PoolSpec): string {
  const { y } = spec;
  // rows<r> * columns<c> pixels of a window lie in the image.
  const count = (corner: string, step: string, k: string, size: string) => (i: number) => {
    const first = `${corner} + ${i} * ${step}`;
    return `max(0, min(${first} + ${k}, ${size}) - max(${first}, 0))`;
  };
  const rows = count('top', 'strideH', 'kH', 'xH');
  const columns = count('left', 'strideW', 'kW', 'xW');
  return `
${lines(y.rows, (r) => `  int rows${r} = ${rows(r)};`)}
${lines(y.columns, (c) => `  int columns${c} = ${columns(c)};`)}
${lines(layersOf(y), (i) => `  acc${i} = ${finished(spec, i)};`)}`;
}

function finished({ kind, y, window }: PoolSpec, i: number): string {
  const [r, c] = pixelOf(i, y);
  const count = `rows${r} * columns${c}`;
  if (kind === 'mean') return window?.k === 2 ? `acc${i} * (4.0 / float(${count}))` : `acc${i} / float(${count})`;
  return `${count} > 0 ? acc${i} : vec4(minusInfinity)`;
}

/**
 * Means that are near to one of their values (../reduction/near.ts), again: `one<i>` is the first value of window i that
 * is in the image, and `above<i>` the sum of what its values are above that. What windowSource() takes for the first
 * value is one of the zeros around the image where a window begins there.
 */
function nearMeansSource(at: Addressing, spec: PoolSpec): string {
  const { y, window } = spec;
  const pixels = range(layersOf(y)).map((i) => [i, ...pixelOf(i, y)] as const);
  const fetchFirst = `
${range(y.rows)
  .map((r) => rowAt(at, spec, `row${r}`, clamped(`top + ${r} * strideH`, 'xH')))
  .join('')}
${range(y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, clamped(`left + ${c} * strideW`, 'xW')))
  .join('')}
${pixels.map(([i, r, c]) => `    one${i} = ${texelAt(at, `row${r}`, `column${c}`)};`).join('\n')}`;
  const ofEach = (name: string) => `vec4[](${pixels.map(([i]) => `${name}${i}`).join(', ')})`;
  return `
  ${window ? 'if (top < 0 || left < 0) ' : ''}{${fetchFirst}
  }
  float pixels = float(kH * kW);
  bool isAny = false;
${pixels
  .map(
    ([i]) =>
      `  isAny = isAny || any(lessThan(apartFrom(acc${i}, one${i}, pixels), vec4(0.0))) || any(isLost(acc${i}));`,
  )
  .join('\n')}
  if (isAny) {
    vec4 means[] = ${ofEach('acc')};
    vec4 ones[] = ${ofEach('one')};
    for (int i = 0; i < ${pixels.length}; i++) {
      int firstY = top + i / ${y.columns} * strideH;
      int firstX = left + (i & ${y.columns - 1}) * strideW;
      int rows = max(0, min(firstY + kH, xH) - max(firstY, 0));
      int columns = max(0, min(firstX + kW, xW) - max(firstX, 0));
      float count = float(rows * columns);
      bvec4 lost = count > 0.0 ? isLost(means[i]) : bvec4(false); // the mean of no pixels is NaN
      bvec4 near = isNear(means[i], ones[i], pixels);
      if (!any(near) && !any(lost)) continue;
      vec4 one = mix(ones[i], vec4(0.0), isLost(ones[i]));
      vec4 above = vec4(0.0);
      // Halves of what was lost, and their parts, do not overflow.
      vec4 factor = mix(vec4(1.0), vec4(0.5 / count), lost);
      for (int iy = max(firstY, 0); iy < min(firstY + kH, xH); iy++) {
${rowAt(at, spec, 'row', 'iy')}
        for (int ix = max(firstX, 0); ix < min(firstX + kW, xW); ix++) {
${columnAt(at, spec, 'column', 'ix')}
          above += factor * ${texelAt(at, 'row', 'column')} - factor * one;
        }
      }
      means[i] = mix(moved(means[i], one, above / count, near), 2.0 * (0.5 * one + above), lost);
    }
${pixels.map(([i]) => `    acc${i} = means[${i}];`).join('\n')}
  }`;
}

function clamped(i: string, size: string): string {
  return `clamp(${i}, 0, ${size} - 1)`;
}

/**
 * The row, or column, of the image that a window reads for index `i`. Outside there are zeros, which a mean may add. A
 * maximum takes the nearest pixel of the image instead, which the window has too, later or earlier.
 */
function inside({ kind }: PoolSpec, i: string, size: string): string {
  return kind === 'mean' || kind === 'sum' ? i : clamped(i, size);
}

/** @param tap The statements for a pixel of window i. */
function tapsSource(at: Addressing, spec: PoolSpec, tap: (i: number) => string): string {
  const { y } = spec;
  return `
  for (int ky = 0; ky < kH; ky++) {
${range(y.rows)
  .map((r) => rowAt(at, spec, `row${r}`, `top + ${r} * strideH + ky`))
  .join('')}
    for (int kx = 0; kx < kW; kx++) {
${range(y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, `left + ${c} * strideW + kx`))
  .join('')}
${lines(layersOf(y), tap)}
    }
  }`;
}

function tapSource(at: Addressing, { kind, y }: PoolSpec, i: number): string {
  const [r, c] = pixelOf(i, y);
  const texel = texelAt(at, `row${r}`, `column${c}`);
  if (kind === 'mean' || kind === 'sum') return `      acc${i} += ${texel};`;
  if (kind === 'max') return `      acc${i} = larger(acc${i}, ${texel});`;
  const ky = `row${r}I - top - ${r} * strideH`;
  const kx = `column${c}I - left - ${c} * strideW`;
  return `      {
        vec4 v = ${texel};
        bvec4 isGreater = greaterThan(v, best${i});
        best${i} = mix(best${i}, v, isGreater);
        acc${i} = mix(acc${i}, vec4((${ky}) * kW + ${kx}), isGreater);
      }`;
}

/** Each input row, with the output rows whose windows it is in. */
function windowSource(at: Addressing, spec: PoolSpec, { k, stride }: Required<PoolSpec>['window']): string {
  const { kind, y } = spec;
  const width = (y.columns - 1) * stride + k;
  const height = (y.rows - 1) * stride + k;
  const columnsOf = (c: number) => range(k).map((kx) => c * stride + kx);
  const outRowsOf = (iy: number) => range(y.rows).filter((r) => iy >= r * stride && iy < r * stride + k);
  const outPixelsOf = (iy: number) =>
    outRowsOf(iy).flatMap((r) => range(y.columns).map((c) => [r * y.columns + c, c] as const));
  const firstValues = (iy: number) => {
    const isFirst = (i: number) => Math.floor(i / y.columns) * stride === iy;
    const first = (i: number) => `    one${i} = v${(i % y.columns) * stride};`;
    return range(layersOf(y)).filter(isFirst).map(first).join('\n');
  };
  return `
${range(width)
  .map((c) => columnAt(at, spec, `column${c}`, `left + ${c}`))
  .join('')}
${lines(
  height,
  (iy) => `  {
${rowAt(at, spec, 'row', `top + ${iy}`)}
${lines(width, (c) => `    vec4 v${c} = ${texelAt(at, 'row', `column${c}`)};`)}
${lines(y.columns, (c) => `    vec4 ofRow${c} = ${ofRow(kind, columnsOf(c))};`)}
${outPixelsOf(iy)
  .map(([i, c]) => addRowSource(kind, i, c))
  .join('\n')}
${needsSecondSum(spec) ? firstValues(iy) : ''}
  }`,
)}`;
}

/** What the columns of a window have in one row. */
function ofRow(kind: PoolSpec['kind'], columns: readonly number[]): string {
  if (kind === 'max') return columns.reduce((most, column) => `larger(${most}, v${column})`, 'vec4(minusInfinity)');
  const factor = kind === 'mean' && columns.length === 2 ? '0.25 * ' : '';
  return columns.map((column) => `${factor}v${column}`).join(' + ');
}

function addRowSource(kind: PoolSpec['kind'], i: number, c: number): string {
  return `    acc${i} ${kind === 'max' ? `= larger(acc${i}, ofRow${c})` : `+= ofRow${c}`};`;
}

function rowAt(at: Addressing, spec: PoolSpec, name: string, iy: string): string {
  return rowSource(at, 'x', name, inside(spec, iy, 'xH'), spec.x);
}

function columnAt(at: Addressing, spec: PoolSpec, name: string, ix: string): string {
  return columnSource(at, 'x', name, { ix: inside(spec, ix, 'xW'), quad: 'q', tile: spec.x });
}

function texelAt(at: Addressing, row: string, column: string): string {
  return at.tiles('x', `${column}X`, `${row}Y`, `${row}Row + ${column}Column`);
}
