// Functions of two tensors, element by element, with the second one broadcast: y = f(a, b).
//
// b has a value for each pixel, or for each channel, or is one number. Its images and its channels may be one for all.
// The texel of b that a fragment reads follows from steps that are uniforms.

import { floats, ints, type UniformValues } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { ownTexels, storeMasked } from './elementwise.js';

/** Expressions over the vec4 `a` and `b`. `arithmetic` is several operations, told apart by uniforms. */
const expressions = {
  arithmetic: 'mix(factorA * a + factorB * b, a * b, bvec4(isProduct != 0.0))',
  divide: 'quotient(a, b)',
  maximum: 'keepNaN(keepNaN(mix(a, b, lessThan(a, b)), b), a)',
  minimum: 'keepNaN(keepNaN(mix(a, b, greaterThan(a, b)), b), a)',
  squaredDifference: '(a - b) * (a - b)',
  prelu: 'mix(a, b * a, lessThan(a, vec4(0.0)))',
  eluGrad: 'mix(a * (b + 1.0), a, greaterThanEqual(b, vec4(0.0)))',
  reluGrad: 'keepNaN(mix(vec4(0.0), a, greaterThan(b, vec4(0.0))), b)',
  // Repeats b; nothing reads a.
  second: 'b',
} as const;

export type BinaryName = keyof typeof expressions;

export const binaryNames = Object.keys(expressions) as readonly BinaryName[];

export interface BinarySpec {
  readonly name: BinaryName;
  /** Whether it is f(b, a) instead. */
  readonly isSwapped: boolean;
  /** Whether b has pixels of its own. */
  readonly byPixel: boolean;
  readonly tile: TileShape;
}

/** How far a column of tiles, a quad, an image and a row of tiles of y move on in b's texture; channels of b. */
const stepsDeclaration = ints('bColumnStep', 'bQuadStep', 'bImageStep', 'bRowStep', 'bC');

const binaryUniforms = uniforms({
  y: 'layout',
  ...stepsDeclaration,
  // What `arithmetic` computes: factorA * a + factorB * b, or the product.
  ...floats('factorA', 'factorB', 'isProduct'),
  // The value of b where it is one number.
  ...floats('number', 'isNumber'),
});

type ArithmeticValues = Pick<ValuesOf<typeof binaryUniforms>, 'factorA' | 'factorB' | 'isProduct'>;

const arithmetic = {
  add: { factorA: 1, factorB: 1, isProduct: 0 },
  subtract: { factorA: 1, factorB: -1, isProduct: 0 },
  subtractSwapped: { factorA: -1, factorB: 1, isProduct: 0 },
  multiply: { factorA: 0, factorB: 0, isProduct: 1 },
} as const satisfies Record<string, ArithmeticValues>;

/** The operations of the program `arithmetic`. */
export type Arithmetic = keyof typeof arithmetic;

/** @param b The layout of b, whose dimensions are those of y or 1; or its value if it is one number. */
export function binaryValues(
  y: TileLayout,
  b: TileLayout | number,
  operation: Arithmetic,
): ValuesOf<typeof binaryUniforms> {
  const isNumber = typeof b === 'number';
  return {
    ...{ y, ...(isNumber ? noSteps : stepsOf(y, b)), ...arithmetic[operation] },
    ...{ number: isNumber ? b : 0, isNumber: isNumber ? 1 : 0 },
  };
}

type Steps = UniformValues<typeof stepsDeclaration>;

const noSteps: Steps = { bColumnStep: 0, bQuadStep: 0, bImageStep: 0, bRowStep: 0, bC: 1 };

function stepsOf(y: TileLayout, b: TileLayout): Steps {
  const isImage = b.h === y.h && b.w === y.w;
  return {
    bColumnStep: isImage ? b.quads : 0,
    bQuadStep: b.c === 1 ? 0 : 1,
    bImageStep: b.n === 1 ? 0 : b.imageRows,
    bRowStep: isImage ? 1 : 0,
    bC: b.c,
  };
}

// A quotient of equals is exactly 1, however the hardware divides.
const quotientSource = `
vec4 quotient(vec4 a, vec4 b) {
  vec4 q = a / b;
  return keepNaN(mix(q, vec4(1.0), equal(a, b)), q);
}
`;

export function binaryProgram({ name, isSwapped, byPixel, tile }: BinarySpec): TileProgram<typeof binaryUniforms> {
  const spec: BinarySpec = { name, isSwapped, byPixel, tile };
  return {
    key: `glsl/tiled/elementwise/binary ${JSON.stringify(spec)}`,
    inputs: { a: 'tiles', b: 'tiles' },
    uniforms: binaryUniforms,
    targets: layersOf(tile),
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
  return bC == 1 ? b.xxxx : b;
}

void main() {${placeSource('y')}
${ownTexels(at, 'a', tile)}
  ${at.type} bX = ${at.x('b', '1 + tileX * bColumnStep + q * bQuadStep')};
  ${at.type} bY = ${at.y('b', 'n * bImageStep + tileY * bRowStep')};
${byPixel ? pixels(at, tile) : vector(at, tile)}
${storeMasked(tile, call)}
}
`;
}

function pixels(at: Addressing, tile: TileShape): string {
  return lines(layersOf(tile), (i) => {
    return `  vec4 b${i} = spread(${at.tiles('b', 'bX', 'bY', at.layer(`${i}`))});`;
  });
}

function vector(at: Addressing, tile: TileShape): string {
  return `
  vec4 bHere = isNumber != 0.0 ? vec4(number) : spread(${at.tiles('b', 'bX', 'bY', at.layer('0'))});
${lines(layersOf(tile), (i) => `  vec4 b${i} = bHere;`)}`;
}
