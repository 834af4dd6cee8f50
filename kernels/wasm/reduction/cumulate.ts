// Sums or products of all values so far along one dimension of [outer, length, inner]: y[i] = y[i - 1] op x[i], or op
// x[i - 1] where the value itself does not count. Each step rounds, as in TensorFlow.js.

import type { Device } from '../device.js';
import { costs, eachRest } from '../elementwise/vector.js';
import { type Fn, type I32, type I32Var, load, program, splatI, type V128, type V128Var } from '../emit/index.js';

type Combine = (a: V128, b: V128) => V128;

/** The bits of the value to begin with: -0 leaves every sum as it is, where 0 would make 0 of -0. */
interface Cumulation {
  readonly f: Combine;
  readonly start: number;
  readonly exclusiveStart: number;
}

const minusZero = 1 << 31;
const one = 0x3f800000;

const cumulations = {
  sum: {
    float32: { f: (a, b) => a.add(b), start: minusZero, exclusiveStart: 0 },
    int32: { f: (a, b) => a.addI(b), start: 0, exclusiveStart: 0 },
  },
  prod: {
    float32: { f: (a, b) => a.mul(b), start: one, exclusiveStart: one },
    int32: { f: (a, b) => a.mulI(b), start: 1, exclusiveStart: 1 },
  },
} as const satisfies Record<string, Record<'float32' | 'int32', Cumulation>>;

export type CumulateName = keyof typeof cumulations;

const args = {
  x: 'i32',
  y: 'i32',
  length: 'i32',
  inner: 'i32',
  /** Blocks of four columns. */
  blocks: 'i32',
  /** Bytes to the value that comes first, and from one to the next. */
  first: 'i32',
  step: 'i32',
  start: 'i32',
  isExclusive: 'i32',
} as const;

/** Item: four columns of a matrix. */
const programOf = (name: string, f: Combine) =>
  program(name, args, (fn, a, { from, to }) => {
    fn.range('item', from, to, 1, (item) => {
      const column = fn.i32('column', item.rem(a.blocks).shl(2));
      const matrix = item.div(a.blocks).mul(a.length).mul(a.inner);
      const at = fn.i32('at', matrix.add(column).shl(2).add(a.first));
      const columns = { p: fn.i32('p', a.x.add(at)), q: fn.i32('q', a.y.add(at)), length: a.length, step: a.step };
      const sum = fn.v128('sum', splatI(a.start));
      const left = fn.i32('left', a.inner.sub(column));
      const run = (count: number) => walkDown(fn, columns, { sum, f, isExclusive: a.isExclusive }, count);
      fn.if(
        left.ge(4),
        () => run(4),
        () => eachRest(fn, left, run),
      );
    });
  });

interface Columns {
  readonly p: I32Var;
  readonly q: I32Var;
  readonly length: I32;
  readonly step: I32;
}

interface Running {
  readonly sum: V128Var;
  readonly f: Combine;
  readonly isExclusive: I32;
}

function walkDown(fn: Fn, { p, q, length, step }: Columns, { sum, f, isExclusive }: Running, count: number): void {
  const each = (body: (store: () => void, include: () => void) => void) =>
    fn.times(length, () => {
      body(
        () => fn.storeLanes(q, sum, count),
        () => fn.set(sum, f(sum, load(p))),
      );
      fn.advance(p, step);
      fn.advance(q, step);
    });
  fn.if(
    isExclusive,
    () =>
      each((store, include) => {
        store();
        include();
      }),
    () =>
      each((store, include) => {
        include();
        store();
      }),
  );
}

export const cumulatePrograms = {
  sum: {
    float32: programOf('cumsum', cumulations.sum.float32.f),
    int32: programOf('cumsumInts', cumulations.sum.int32.f),
  },
  prod: {
    float32: programOf('cumprod', cumulations.prod.float32.f),
    int32: programOf('cumprodInts', cumulations.prod.int32.f),
  },
} as const;

export interface CumulateOperands {
  /** Addresses of [outer, length, inner] values each. y may be x where each value counts itself. */
  readonly x: number;
  readonly y: number;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly isExclusive: boolean;
  /** Whether the last value comes first. */
  readonly isReversed: boolean;
}

/** No size may be 0. */
export function cumulate(
  device: Device,
  name: CumulateName,
  dtype: 'float32' | 'int32',
  { x, y, outer, length, inner, isExclusive, isReversed }: CumulateOperands,
): void {
  const { start, exclusiveStart } = cumulations[name][dtype];
  const blocks = Math.ceil(inner / 4);
  const values = {
    x,
    y,
    length,
    inner,
    blocks,
    first: isReversed ? 4 * (length - 1) * inner : 0,
    step: isReversed ? -4 * inner : 4 * inner,
    start: isExclusive ? exclusiveStart : start,
    isExclusive: Number(isExclusive),
  };
  const cost = outer * length * inner * costs.light;
  device.launch(cumulatePrograms[name][dtype], values, { items: outer * blocks, cost, isInPlace: x === y });
}
