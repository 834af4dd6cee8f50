// Pooling in the tiled layout: the greatest or the mean of the pixels of each window that lie in the image, of any filter,
// stride and padding; and for the gradient of the greatest, where it is: ky * kW + kx of the first pixel of the window that
// holds it, -1 if none does. A fragment fetches one texel for each pixel of its windows.
//
// With a window (square filter of `k`) neighbours share what they fetch. Fetches for eight pixels, 3x3: 72; with a window 24,
// stride 2 45.

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { columnSource, dimsOf, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';

/** Windows over an image, resolved. */
export interface Pooling {
  readonly kH: number;
  readonly kW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

export interface PoolSpec {
  readonly kind: 'max' | 'mean' | 'argmax';
  readonly x: TileShape;
  readonly y: TileShape;
  /** Filter size and stride that the text is for; none: any. */
  readonly window?: { readonly k: number; readonly stride: number };
}

export function poolSpec(kind: PoolSpec['kind'], x: TileLayout, y: TileLayout, pooling: Pooling): PoolSpec {
  const { kH, kW, strideH, strideW } = pooling;
  const isSquare = kH === kW && strideH === strideW;
  const pays = kH === 3 ? strideH <= 2 : kH === 2 && strideH === 2;
  const window = isSquare && pays && kind !== 'argmax' ? { k: kH, stride: strideH } : undefined;
  return { kind, x: x.tile, y: y.tile, window };
}

/** @param scale What a mean is multiplied with. */
export function poolUniforms(x: TileLayout, y: TileLayout, pooling: Pooling, scale = 1) {
  const { kH, kW, strideH, strideW, padTop, padLeft } = pooling;
  return {
    ints: [...dimsOf(x), ...dimsOf(y), ...[strideH, strideW, kH, kW], ...[padTop, padLeft, 0, y.c]],
    floats: [Number.NEGATIVE_INFINITY, scale, 0, 0],
  };
}

export function poolProgram(spec: PoolSpec): TileProgram {
  return {
    key: `glsl/tiled/pool ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    ints: ['xDims', 'yDims', 'steps', 'frame'],
    floats: ['numbers'],
    targets: spec.y.rows * spec.y.columns,
    source: (at) => source(at, spec),
  };
}

// A comparison with NaN is false: it is passed over.
const largerSource = `
vec4 larger(vec4 a, vec4 b) {
  return mix(a, b, greaterThan(b, a));
}
`;

function source(at: Addressing, spec: PoolSpec): string {
  const { kind, y, window } = spec;
  const layers = y.rows * y.columns;
  // The argmax of a window without pixels is never looked at: no pixel is in it.
  const start = { max: 'vec4(numbers.x)', mean: 'vec4(0.0)', argmax: 'vec4(-1.0)' }[kind];
  return `${kind === 'max' ? largerSource : ''}
void main() {${placeSource('yDims')}
  ivec2 corner = ivec2(yb * ${y.rows}, xb * ${y.columns}) * steps.xy - frame.xy;
${lines(layers, (i) => `  vec4 acc${i} = ${start};`)}
${kind === 'argmax' ? lines(layers, (i) => `  vec4 best${i} = vec4(numbers.x);`) : ''}
${window ? windowSource(at, spec, window) : tapsSource(at, spec)}
${kind === 'argmax' ? '' : finishSource(spec)}
${maskSource('yDims', 'frame.w', y, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}
}
`;
}

/** From sums to means; and the greatest of no pixels at all. */
function finishSource(spec: PoolSpec): string {
  const { y } = spec;
  // Pixels of a window that lie in the image: rows<r> * columns<c>.
  const count = (corner: string, step: string, k: string, size: string) => (i: number) => {
    const first = `${corner} + ${i} * ${step}`;
    return `max(0, min(${first} + ${k}, ${size}) - max(${first}, 0))`;
  };
  const rows = count('corner.x', 'steps.x', 'steps.z', 'xDims.x');
  const columns = count('corner.y', 'steps.y', 'steps.w', 'xDims.y');
  return `
${lines(y.rows, (r) => `  int rows${r} = ${rows(r)};`)}
${lines(y.columns, (c) => `  int columns${c} = ${columns(c)};`)}
${lines(y.rows * y.columns, (i) => `  acc${i} = ${finished(spec, i)};`)}`;
}

function finished({ kind, y }: PoolSpec, i: number): string {
  const [r, c] = pixelOf(i, y);
  const count = `rows${r} * columns${c}`;
  if (kind === 'mean') return `acc${i} * (numbers.y / float(${count}))`;
  return `${count} > 0 ? acc${i} : vec4(numbers.x)`;
}

/**
 * The row, or column, `i` of the image that a window reads. Outside there are zeros, which a mean may add. For the greatest
 * it is the nearest pixel of the image instead, which the window has too, later or earlier.
 */
function inside({ kind }: PoolSpec, i: string, size: string): string {
  return kind === 'mean' ? i : `clamp(${i}, 0, ${size} - 1)`;
}

function tapsSource(at: Addressing, spec: PoolSpec): string {
  const { y } = spec;
  return `
  for (int ky = 0; ky < steps.z; ky++) {
${range(y.rows)
  .map((r) => rowAt(at, spec, `row${r}`, `corner.x + ${r} * steps.x + ky`))
  .join('')}
    for (int kx = 0; kx < steps.w; kx++) {
${range(y.columns)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c} * steps.y + kx`))
  .join('')}
${lines(y.rows * y.columns, (i) => tapSource(at, spec, i))}
    }
  }`;
}

function tapSource(at: Addressing, { kind, y }: PoolSpec, i: number): string {
  const [r, c] = pixelOf(i, y);
  const texel = texelAt(at, `row${r}`, `column${c}`);
  if (kind === 'mean') return `      acc${i} += ${texel};`;
  if (kind === 'max') return `      acc${i} = larger(acc${i}, ${texel});`;
  const ky = `row${r}I - corner.x - ${r} * steps.x`;
  const kx = `column${c}I - corner.y - ${c} * steps.y`;
  return `      {
        vec4 v = ${texel};
        bvec4 isGreater = greaterThan(v, best${i});
        best${i} = mix(best${i}, v, isGreater);
        acc${i} = mix(acc${i}, vec4((${ky}) * steps.w + ${kx}), isGreater);
      }`;
}

/** Each input row, with the output rows whose windows it is in. */
function windowSource(at: Addressing, spec: PoolSpec, { k, stride }: Required<PoolSpec>['window']): string {
  const { kind, y } = spec;
  const width = (y.columns - 1) * stride + k;
  const height = (y.rows - 1) * stride + k;
  const ofRow = (c: number) => {
    const values = range(k).map((kx) => `v${c * stride + kx}`);
    if (kind === 'mean') return values.join(' + ');
    return values.reduce((most, value) => `larger(${most}, ${value})`, 'vec4(numbers.x)');
  };
  const outRowsOf = (iy: number) => range(y.rows).filter((r) => iy >= r * stride && iy < r * stride + k);
  const added = (i: number, row: string) => (kind === 'mean' ? `acc${i} + ${row}` : `larger(acc${i}, ${row})`);
  return `
${range(width)
  .map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c}`))
  .join('')}
${lines(
  height,
  (iy) => `  {
${rowAt(at, spec, 'row', `corner.x + ${iy}`)}
${lines(width, (c) => `    vec4 v${c} = ${texelAt(at, 'row', `column${c}`)};`)}
${lines(y.columns, (c) => `    vec4 ofRow${c} = ${ofRow(c)};`)}
${outRowsOf(iy)
  .flatMap((r) => range(y.columns).map((c) => [r * y.columns + c, c]))
  .map(([i, c]) => `    acc${i} = ${added(i, `ofRow${c}`)};`)
  .join('\n')}
  }`,
)}`;
}

function rowAt(at: Addressing, spec: PoolSpec, name: string, iy: string): string {
  return rowSource(at, 'x', name, inside(spec, iy, 'xDims.x'), spec.x);
}

function columnAt(at: Addressing, spec: PoolSpec, name: string, ix: string): string {
  return columnSource(at, 'x', name, { ix: inside(spec, ix, 'xDims.y'), quad: 'q', tile: spec.x });
}

function texelAt(at: Addressing, row: string, column: string): string {
  return at.tiles('x', `${column}X`, `${row}Y`, `${row}Row + ${column}Column`);
}
