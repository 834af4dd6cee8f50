// Elementwise functions of one, two and more tensors, with broadcasting, of all dtypes.

import * as tf from '@tensorflow/tfjs';
import { referenceActivation } from '../../support/reference.js';
import { type Draw, valuesOf } from '../draw.js';
import { epsilon, exact, type Family, forEachIndex, positionOf, sizeOf } from '../family.js';
import { drawGive } from '../operands.js';

interface Unary {
  readonly run: (x: tf.Tensor) => tf.Tensor;
  readonly of: (x: number) => number;
  /** Units in the last place of the result. Default 0: exact. */
  readonly units?: number;
  /** An error of this many epsilons whatever the result's size. */
  readonly absolute?: number;
  /** The values that the function is defined for. */
  readonly domain?: (x: number) => number;
}

const positive = (x: number) => Math.fround(Math.abs(x) + 2 ** -6);
const act = (name: Parameters<typeof referenceActivation>[0]) => (x: number) => referenceActivation(name, x);

const unaries: Readonly<Record<string, Unary>> = {
  abs: { run: tf.abs, of: Math.abs },
  neg: { run: tf.neg, of: (x) => -x },
  square: { run: tf.square, of: (x) => x * x, units: 1 },
  sqrt: { run: tf.sqrt, of: Math.sqrt, units: 2, domain: Math.abs },
  rsqrt: { run: tf.rsqrt, of: (x) => 1 / Math.sqrt(x), units: 4, domain: positive },
  reciprocal: { run: tf.reciprocal, of: (x) => 1 / x, units: 4, domain: positive },
  exp: { run: tf.exp, of: Math.exp, units: 8, domain: (x) => Math.max(-80, Math.min(x, 80)) },
  expm1: { run: tf.expm1, of: Math.expm1, units: 8, domain: (x) => Math.max(-80, Math.min(x, 80)) },
  log: { run: tf.log, of: Math.log, units: 8, absolute: 2, domain: positive },
  log1p: { run: tf.log1p, of: Math.log1p, units: 8, absolute: 2, domain: positive },
  sin: { run: tf.sin, of: Math.sin, absolute: 128, domain: (x) => x % 8 },
  cos: { run: tf.cos, of: Math.cos, absolute: 128, domain: (x) => x % 8 },
  tanh: { run: tf.tanh, of: Math.tanh, units: 8, absolute: 2 },
  sigmoid: { run: tf.sigmoid, of: act('sigmoid'), units: 8, absolute: 2 },
  softplus: { run: tf.softplus, of: act('softplus'), units: 16, absolute: 4 },
  relu: { run: tf.relu, of: act('relu') },
  relu6: { run: tf.relu6, of: act('relu6') },
  elu: { run: tf.elu, of: act('elu'), units: 8, absolute: 2 },
  selu: { run: tf.selu, of: act('selu'), units: 16, absolute: 4 },
  leakyRelu: { run: (x) => tf.leakyRelu(x, 0.25), of: (x) => (x < 0 ? 0.25 * x : x) },
  erf: { run: tf.erf, of: (x) => 1 - referenceErfc(x), absolute: 16 },
  floor: { run: tf.floor, of: Math.floor },
  ceil: { run: tf.ceil, of: Math.ceil },
  round: { run: tf.round, of: roundHalfEven },
  sign: { run: tf.sign, of: Math.sign },
  step: { run: (x) => tf.step(x, 0.5), of: (x) => (x > 0 ? 1 : 0.5) },
  clip: { run: (x) => tf.clipByValue(x, -0.5, 0.75), of: (x) => Math.min(Math.max(x, -0.5), 0.75) },
};

function referenceErfc(x: number): number {
  // gelu(z) = z erfc(-z / sqrt 2) / 2, and the reference of gelu is exact to 1e-14.
  const z = -x * Math.SQRT2;
  return z === 0 ? 1 : (2 * referenceActivation('gelu', z)) / z;
}

function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

interface Binary {
  readonly run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  readonly of: (a: number, b: number) => number;
  readonly units?: number;
  readonly dtypes: readonly ('float32' | 'int32' | 'bool')[];
  /** Makes the second operand valid. */
  readonly second?: (b: number) => number;
  /** Makes the first operand valid. */
  readonly first?: (a: number) => number;
}

const numbers = ['float32', 'float32', 'int32'] as const;
const bool = (value: boolean) => Number(value);
const nonZero = (b: number) => (b === 0 ? 1 : b);

const binaries: Readonly<Record<string, Binary>> = {
  add: { run: tf.add, of: (a, b) => a + b, units: 1, dtypes: numbers },
  sub: { run: tf.sub, of: (a, b) => a - b, units: 1, dtypes: numbers },
  mul: { run: tf.mul, of: (a, b) => a * b, units: 1, dtypes: numbers },
  div: {
    run: tf.div,
    of: (a, b) => a / b,
    units: 4,
    dtypes: ['float32'],
    second: (b) => (b < 0 ? b - 0.25 : b + 0.25),
  },
  maximum: { run: tf.maximum, of: Math.max, dtypes: numbers },
  minimum: { run: tf.minimum, of: Math.min, dtypes: numbers },
  squaredDifference: { run: tf.squaredDifference, of: (a, b) => (a - b) ** 2, units: 4, dtypes: ['float32'] },
  pow: {
    run: tf.pow,
    of: (a, b) => a ** b,
    units: 64,
    dtypes: ['float32'],
    first: (a) => Math.min(positive(a), 8),
    second: (b) => Math.max(-3, Math.min(b, 3)),
  },
  floorDiv: { run: tf.floorDiv, of: (a, b) => Math.floor(a / b), dtypes: ['int32'], second: nonZero },
  mod: { run: tf.mod, of: (a, b) => ((a % b) + b) % b, dtypes: ['int32'], second: nonZero },
  equal: { run: tf.equal, of: (a, b) => bool(a === b), dtypes: numbers },
  notEqual: { run: tf.notEqual, of: (a, b) => bool(a !== b), dtypes: numbers },
  less: { run: tf.less, of: (a, b) => bool(a < b), dtypes: numbers },
  lessEqual: { run: tf.lessEqual, of: (a, b) => bool(a <= b), dtypes: numbers },
  greater: { run: tf.greater, of: (a, b) => bool(a > b), dtypes: numbers },
  greaterEqual: { run: tf.greaterEqual, of: (a, b) => bool(a >= b), dtypes: numbers },
  logicalAnd: { run: tf.logicalAnd, of: (a, b) => bool(a !== 0 && b !== 0), dtypes: ['bool'] },
  logicalOr: { run: tf.logicalOr, of: (a, b) => bool(a !== 0 || b !== 0), dtypes: ['bool'] },
  prelu: { run: tf.prelu, of: (a, b) => (a < 0 ? a * b : a), units: 1, dtypes: ['float32'] },
};

/** Those whose result has the shape of the first operand, not the broadcast one. */
const oneSided = new Set(['prelu']);

export const elementwiseFamily: Family = {
  name: 'elementwise',
  problem(draw) {
    return draw.chance(0.4) ? unaryProblem(draw) : binaryProblem(draw);
  },
};

function unaryProblem(draw: Draw) {
  const name = draw.pick(Object.keys(unaries));
  const { run, of, units = 0, absolute = 0, domain = (x: number) => x } = unaries[name];
  const shape = draw.shape(draw.whole(0, 4));
  const kind = draw.valueKind();
  const scale = draw.pick([1, 4, 0.01]);
  const x = valuesOf(kind, sizeOf(shape), draw.seed + 1).map((value) => domain(value * scale));
  const values = Float64Array.from(x, of);
  const isExact = units + absolute === 0;
  const give = drawGive(draw);
  return {
    title: `${name} of [${shape}], ${kind} times ${scale}`,
    run: () => [run(give(0, x, shape))],
    expected: [
      {
        name: 'y',
        shape,
        values: isExact ? Float32Array.from(values) : values,
        tolerance: isExact ? exact : (i: number) => epsilon * (units * Math.abs(values[i]) + absolute) + 1.2e-38,
      },
    ],
  };
}

function binaryProblem(draw: Draw) {
  const name = draw.pick(Object.keys(binaries));
  const { run, of, units = 0, dtypes, first = (a: number) => a, second = (b: number) => b } = binaries[name];
  const dtype = draw.pick(dtypes);
  const [shapeA, shapeB, shape] = drawBroadcast(draw, oneSided.has(name));
  const kind = dtype === 'float32' ? draw.valueKind() : 'whole';
  const make = (of: readonly number[], seed: number, fix: (x: number) => number) =>
    valuesOf(kind, sizeOf(of), seed).map((v) => fix(dtype === 'bool' ? Number(v > 0) : v));
  const a = make(shapeA, draw.seed + 1, first);
  const b = make(shapeB, draw.seed + 2, second);
  const values = new Float64Array(sizeOf(shape));
  forEachIndex(shape, (index, at) => {
    values[at] = of(a[broadcastPosition(shapeA, index)], b[broadcastPosition(shapeB, index)]);
  });
  const magnitude = Math.max(...a.map(Math.abs)) + Math.max(...b.map(Math.abs));
  const isSum = name === 'squaredDifference';
  const give = drawGive(draw);
  return {
    title: `${name} of ${dtype} [${shapeA}] and [${shapeB}], ${kind}`,
    run: () => [run(give(0, a, shapeA, dtype), give(1, b, shapeB, dtype))],
    expected: [
      {
        name: 'y',
        shape,
        values,
        tolerance:
          units === 0 || dtype !== 'float32'
            ? exact
            : (i: number) => units * epsilon * (Math.abs(values[i]) + (isSum ? magnitude * magnitude : 0)) + 1.2e-38,
      },
    ],
  };
}

/** Two shapes that broadcast, and the shape that they broadcast to. */
function drawBroadcast(draw: Draw, isOneSided: boolean): [number[], number[], number[]] {
  const shape = draw.shape(draw.whole(0, 4));
  const drop = (of: readonly number[]) => {
    const from = draw.chance(0.3) ? draw.whole(0, of.length) : 0;
    return of.slice(from).map((size) => (draw.chance(0.25) ? 1 : size));
  };
  const kind = draw.pick(['same', 'second', 'first', 'both'] as const);
  const a = !isOneSided && (kind === 'first' || kind === 'both') ? drop(shape) : [...shape];
  const b = kind === 'second' || kind === 'both' ? drop(shape) : [...shape];
  return [a, b, broadcastShape(a, b)];
}

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => Math.max(at(a, axis), at(b, axis)));
}

function broadcastPosition(shape: readonly number[], index: readonly number[]): number {
  const own = index.slice(index.length - shape.length);
  return positionOf(
    shape,
    own.map((i, axis) => (shape[axis] === 1 ? 0 : i)),
  );
}
