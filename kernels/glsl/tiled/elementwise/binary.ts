// Functions of two tensors, element by element, with the second one broadcast: y = f(a, b).
//
// b has a value for each pixel (of its own images or of one for all, in all channels or in one for all), or none but for each
// channel (of each image or for all), or is one number. Which texel of b that is follows from steps that are uniforms.

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { ownTexels, storeMasked } from './elementwise.js';

/** Over the vec4 `a` and `b`. The operations of `arithmetic` are told apart by uniforms. */
const expressions = {
  arithmetic: 'mix(terms.x * a + terms.y * b, a * b, bvec4(terms.z != 0.0))',
  divide: 'quotient(a, b)',
  maximum: 'keepNaN(keepNaN(mix(a, b, lessThan(a, b)), b), a)',
  minimum: 'keepNaN(keepNaN(mix(a, b, greaterThan(a, b)), b), a)',
  squaredDifference: '(a - b) * (a - b)',
  prelu: 'mix(a, b * a, lessThan(a, vec4(0.0)))',
  eluGrad: 'mix(a * (b + 1.0), a, greaterThanEqual(b, vec4(0.0)))',
} as const;

export type BinaryName = keyof typeof expressions;

export interface BinarySpec {
  readonly name: BinaryName;
  /** f(b, a) instead. */
  readonly isSwapped: boolean;
  /** Whether b has pixels of its own. */
  readonly byPixel: boolean;
  readonly tile: TileShape;
}

/** Of the vec4 uniforms: `terms` means something to `arithmetic` alone, x * a + y * b or the product; (b, 1) is a number. */
export function binaryFloats(operation: Terms, b?: number): number[] {
  return [...terms[operation], ...(b === undefined ? [0, 0, 0, 0] : [b, 1, 0, 0])];
}

export type Terms = keyof typeof terms;

const terms = {
  add: [1, 1, 0, 0],
  subtract: [1, -1, 0, 0],
  subtractSwapped: [-1, 1, 0, 0],
  multiply: [0, 0, 1, 0],
} as const;

// A quotient of equals is exactly 1, whatever the hardware's division makes of it.
const quotientSource = `
vec4 quotient(vec4 a, vec4 b) {
  vec4 q = a / b;
  return keepNaN(mix(q, vec4(1.0), equal(a, b)), q);
}
`;

export function binaryProgram({ name, isSwapped, byPixel, tile }: BinarySpec): TileProgram {
  const spec: BinarySpec = { name, isSwapped, byPixel, tile };
  return {
    key: `glsl/tiled/binary ${JSON.stringify(spec)}`,
    inputs: { a: 'tiles', b: 'tiles' },
    ints: ['yDims', 'steps', 'channels'],
    floats: ['terms', 'number'],
    targets: tile.rows * tile.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, { name, isSwapped, byPixel, tile }: BinarySpec): string {
  const call = (i: number) => (isSwapped ? `f(b${i}, a${i})` : `f(a${i}, b${i})`);
  return `${name === 'divide' ? quotientSource : ''}
vec4 f(vec4 a, vec4 b) {
  return ${expressions[name]};
}

vec4 spread(vec4 b) {
  return channels.x == 1 ? b.xxxx : b;
}

void main() {${placeSource('yDims')}
${ownTexels(at, 'a', tile)}
  ${at.type} bX = ${at.x('b', '1 + xb * steps.x + q * steps.y')};
  ${at.type} bY = ${at.y('b', 'n * steps.z + yb * steps.w')};
${byPixel ? pixels(at, tile) : vector(at, tile)}
${storeMasked(tile, call)}
}
`;
}

function pixels(at: Addressing, tile: TileShape): string {
  return lines(tile.rows * tile.columns, (i) => {
    return `  vec4 b${i} = spread(${at.tiles('b', 'bX', 'bY', at.layer(`${i}`))});`;
  });
}

function vector(at: Addressing, tile: TileShape): string {
  return `
  vec4 bHere = number.y != 0.0 ? vec4(number.x) : spread(${at.tiles('b', 'bX', 'bY', at.layer('0'))});
${lines(tile.rows * tile.columns, (i) => `  vec4 b${i} = bHere;`)}`;
}

/** `b` has the dimensions of `y` or 1; none: it is a number. */
export function binaryInts(y: TileLayout, b?: TileLayout): number[] {
  if (!b) return [...dimsOf(y), ...[0, 0, 0, 0], ...[1, 0, 0, y.c]];
  const ofImages = b.n === 1 ? 0 : b.imageRows;
  const isImage = b.h === y.h && b.w === y.w;
  const [column, row] = isImage ? [b.quads, 1] : [0, 0];
  return [...dimsOf(y), ...[column, b.c === 1 ? 0 : 1, ofImages, row], ...[b.c, 0, 0, y.c]];
}
