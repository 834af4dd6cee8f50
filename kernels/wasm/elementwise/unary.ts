// y[i] = f(x[i]): a table of functions. Each has a program, made at its first use. x and y may be the same memory.

import type { Device } from '../device.js';
import { type Fn, load, type Program, program, splat, splatI, type V128Var } from '../emit/index.js';
import {
  clip06,
  elu,
  gelu,
  geluApproximate,
  hardSigmoid,
  hardSilu,
  mish,
  selu,
  silu,
  softplus,
  softsign,
} from './activations.js';
import { erf } from './erf.js';
import { exp, expm1, sigmoid, tanh } from './exp.js';
import { log, log1p } from './log.js';
import { chunk, constant, costs, storeRest, type Unary, walk } from './vector.js';

/** The two parameters of a function, in all lanes. */
export interface Parameters {
  readonly p: V128Var;
  readonly q: V128Var;
}

type Make = (fn: Fn, parameters: Parameters) => Unary;

/** Puts an x that is used twice into a local. */
function twice(f: (x: V128Var, fn: Fn, parameters: Parameters) => ReturnType<Unary>): Make {
  return (fn, parameters) => (x) => f(fn.v128('x', x), fn, parameters);
}

/**
 * Vectors in a round of the loop. Heavy functions keep the processor busy without unrolling, but V8 joins pairs of vectors
 * into 256 bits (Features.revec): ns a value of exp, sigmoid, tanh and elu 0.54, 0.64, 0.63 and 0.44, before 0.91, 1.10,
 * 1.04 and 0.75 (AMD EPYC, Node 24). It joins none where a constant is made within the loop.
 */
const unrolls = { light: 4, heavy: 2 } as const;

const light = {
  relu: (fn) => {
    const zero = constant(fn, 0);
    return (x) => x.pmax(zero);
  },
  relu6: clip06,
  square: twice((x) => x.mul(x)),
  abs: () => (x) => x.abs(),
  neg: () => (x) => x.neg(),
  sqrt: () => (x) => x.sqrt(),
  rsqrt: (fn) => {
    const one = constant(fn, 1);
    return (x) => one.div(x.sqrt());
  },
  reciprocal: (fn) => {
    const one = constant(fn, 1);
    return (x) => one.div(x);
  },
  floor: () => (x) => x.floor(),
  ceil: () => (x) => x.ceil(),
  round: () => (x) => x.nearest(),
  /** 0 for NaN, as in TensorFlow.js. */
  sign: (fn) => {
    const [one, minusOne] = [1, -1].map((c) => constant(fn, c));
    return (argument) => {
      const x = fn.v128('x', argument);
      return x
        .gt(splat(0))
        .and(one)
        .or(x.lt(splat(0)).and(minusOne));
    };
  },
  /** x > 0 ? 1 : p, NaN where x is. */
  step: (fn, { p }) => {
    const one = constant(fn, 1);
    return (argument) => {
      const x = fn.v128('x', argument);
      return x.gt(splat(0)).choose(one, p).or(x.ne(x));
    };
  },
  /** Between p and q. */
  clip:
    (_, { p, q }) =>
    (x) =>
      x.pmax(p).pmin(q),
  /** x < 0 ? p*x : x */
  leakyRelu: twice((x, _, { p }) => x.lt(splat(0)).choose(x.mul(p), x)),
  softsign,
  hardSigmoid,
  hardSilu,
  /** Converts as JavaScript does: towards zero, modulo 2^32, and 0 for NaN and infinities. */
  floatsToInts: (fn) => {
    const [range, perRange] = [2 ** 32, 2 ** -32].map((c) => constant(fn, c));
    return (x) => {
      const whole = fn.v128('whole', x.trunc());
      const near = fn.v128('near', whole.sub(whole.mul(perRange).nearest().mul(range)));
      return near
        .ge(splat(2 ** 31))
        .choose(near.sub(range), near)
        .toInts();
    };
  },
  intsToFloats: () => (x) => x.toFloats(),
  // Names that end in Ints are of functions of integers.
  absInts: () => (x) => x.absI(),
  negInts: () => (x) => splatI(0).subI(x),
  squareInts: twice((x) => x.mulI(x)),
  signInts: () => (x) => x.minI(splatI(1)).maxI(splatI(-1)),
  reluInts: () => (x) => x.maxI(splatI(0)),
  relu6Ints: () => (x) => x.maxI(splatI(0)).minI(splatI(6)),
} as const satisfies Record<string, Make>;

const heavy = {
  exp,
  expm1,
  log,
  log1p,
  sigmoid,
  tanh,
  erf,
  elu,
  selu,
  softplus,
  silu,
  gelu,
  geluApproximate,
  mish,
} as const satisfies Record<string, Make>;

export type UnaryName = keyof typeof light | keyof typeof heavy;

export const unaryNames = [...Object.keys(light), ...Object.keys(heavy)] as readonly UnaryName[];

const args = { x: 'i32', y: 'i32', length: 'i32', p: 'f32', q: 'f32' } as const;

interface UnaryProgram {
  /** Cost of a value, in the unit of `costs`. */
  readonly cost: number;
  readonly program: Program<typeof args>;
}

/** Item: a chunk of the values. */
function makeProgram(name: UnaryName): UnaryProgram {
  const make: Make = name in light ? light[name as keyof typeof light] : heavy[name as keyof typeof heavy];
  const weight = name in light ? 'light' : 'heavy';
  const unroll = unrolls[weight];
  const made = program(name, args, (fn, a, { from, to }) => {
    const parameters = { p: fn.v128('p', splat(a.p)), q: fn.v128('q', splat(a.q)) };
    const f = make(fn, parameters);
    fn.range('item', from, to, 1, (item) => {
      const first = fn.i32('first', item.mul(chunk));
      const px = fn.i32('px', a.x.add(first.shl(2)));
      const py = fn.i32('py', a.y.add(first.shl(2)));
      const rest = fn.i32('rest', a.length.sub(first));
      fn.if(rest.gt(chunk), () => fn.set(rest, chunk));
      const steps = [
        [px, 4],
        [py, 4],
      ] as const;
      walk(
        fn,
        { count: rest, steps, unroll },
        (vectors) => {
          const values = Array.from({ length: vectors }, (_, i) => fn.v128('value', f(load(px, 16 * i))));
          for (let i = vectors - 1; i >= 0; i--) fn.store(py, values[i], 16 * i); // the order that V8 joins
        },
        (left) => storeRest(fn, py, f(load(px)), left),
      );
    });
  });
  return { cost: costs[weight], program: made };
}

const programs = new Map<UnaryName, UnaryProgram>();

export function unaryProgram(name: UnaryName): UnaryProgram {
  let known = programs.get(name);
  if (!known) {
    known = makeProgram(name);
    programs.set(name, known);
  }
  return known;
}

export interface UnaryOperands {
  /** Addresses of `length` floats each. */
  readonly x: number;
  readonly y: number;
  readonly length: number;
  /** step: the value below 0. clip: the least value. leakyRelu: the slope below 0. */
  readonly p?: number;
  /** clip: the greatest value. */
  readonly q?: number;
}

/** y = f(x) for every value. */
export function unary(device: Device, name: UnaryName, { x, y, length, p = 0, q = 0 }: UnaryOperands): void {
  if (length === 0) return;
  const { cost, program } = unaryProgram(name);
  const work = { items: Math.ceil(length / chunk), cost: length * cost, isInPlace: x === y };
  device.launch(program, { x, y, length, p, q }, work);
}
