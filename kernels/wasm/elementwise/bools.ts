// Functions of booleans, of one byte each: conversion to numbers, logic, and the choice between two tensors.

import type { Device } from '../device.js';
import {
  type I32,
  load,
  loadByte,
  loadFirst,
  type Program,
  program,
  selectI32,
  splatI,
  type V128,
} from '../emit/index.js';
import { chunk, costs, storeRest, walk } from './vector.js';

const args = { a: 'i32', b: 'i32', c: 'i32', y: 'i32', length: 'i32' } as const;

/** y = f(booleans as integers, b, c), four values at a time. Item: a chunk of values. */
function widening(name: string, f: (bools: V128, b: V128, c: V128) => V128): Program<typeof args> {
  return program(name, args, (fn, x, { from, to }) => {
    fn.range('item', from, to, 1, (item) => {
      const first = fn.i32('first', item.mul(chunk));
      const count = fn.i32('count', x.length.sub(first));
      fn.if(count.gt(chunk), () => fn.set(count, chunk));
      const a = fn.i32('pa', x.a.add(first));
      const [b, c, y] = [x.b, x.c, x.y].map((base, i) => fn.i32(`p${i}`, base.add(first.shl(2))));
      const at = (i: number) => f(loadFirst(a, 4 * i).widenBytes(), load(b, 16 * i), load(c, 16 * i));
      const wide = [b, c, y].map((pointer) => [pointer, 4] as const);
      const steps = [[a, 1] as const, ...wide];
      walk(
        fn,
        { count, steps, unroll: 4 },
        (vectors) => {
          for (let i = 0; i < vectors; i++) fn.store(y, at(i), 16 * i);
        },
        (left) => storeRest(fn, y, at(0), left),
      );
    });
  });
}

interface Logic {
  readonly vector: (a: V128, b: V128) => V128;
  readonly scalar: (a: I32, b: I32) => I32;
}

/** y = f(a, b) on booleans, sixteen at a time. Item: a chunk of values. */
function logic(name: string, { vector, scalar }: Logic): Program<typeof args> {
  return program(name, args, (fn, x, { from, to }) => {
    fn.range('item', from, to, 1, (item) => {
      const first = fn.i32('first', item.mul(chunk));
      const left = fn.i32('left', x.length.sub(first));
      fn.if(left.gt(chunk), () => fn.set(left, chunk));
      const pointers = [x.a, x.b, x.y].map((base, i) => fn.i32(`p${i}`, base.add(first)));
      const [a, b, y] = pointers;
      const each = (bytes: number, store: () => void) =>
        fn.while(left.ge(bytes), () => {
          store();
          for (const pointer of pointers) fn.advance(pointer, bytes);
          fn.set(left, left.sub(bytes));
        });
      each(16, () => fn.store(y, vector(load(a), load(b))));
      each(1, () => fn.storeByte(y, scalar(loadByte(a), loadByte(b))));
    });
  });
}

export const boolPrograms = {
  toFloats: widening('bools_to_floats', (bools) => bools.toFloats()),
  toInts: widening('bools_to_ints', (bools) => bools),
  /** a ? b : c, on floats or integers. */
  select: widening('select', (bools, b, c) => bools.eqI(splatI(1)).choose(b, c)),
  /** The lesser of the two. */
  and: logic('logical_and', {
    vector: (a, b) => a.minBytes(b),
    scalar: (a, b) => selectI32(a.lt(b), a, b),
  }),
  or: logic('logical_or', { vector: (a, b) => a.or(b), scalar: (a, b) => a.or(b) }),
  not: logic('logical_not', {
    vector: (a) => a.eqBytes(splatI(0)).and(splatI(0x01010101)),
    scalar: (a) => a.isZero(),
  }),
} as const;

export type BoolName = keyof typeof boolPrograms;

export interface BoolOperands {
  /**
   * Addresses. a is of bytes; b, too, for `and` and `or`. An operand that the function ignores may be any tensor of the length.
   */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly y: number;
  readonly length: number;
}

export function bools(device: Device, name: BoolName, operands: BoolOperands): void {
  const { length } = operands;
  if (length === 0) return;
  device.launch(boolPrograms[name], operands, { items: Math.ceil(length / chunk), cost: length * costs.light });
}
