// A program: one kernel function with named arguments.
//
// All programs have one machine-level signature, (args, from, to, thread): `args` is the address of the argument block,
// 4 bytes an argument, and [from, to) are the items of work to do. The caller and the workers know no other calling
// convention, so threads can share one launch. Items must not depend on each other.

import { type F32, I32 } from './expr.js';
import { type F32Var, type Features, Fn, type I32Var } from './fn.js';
import { loadF32, loadI32 } from './loads.js';

export type ArgType = 'i32' | 'f32';
export type ArgTypes = Readonly<Record<string, ArgType>>;
export type ArgLocals<A extends ArgTypes> = { readonly [K in keyof A]: A[K] extends 'f32' ? F32Var : I32Var };
/** Pointers are byte addresses; booleans 0 or 1. */
export type ArgValues<A extends ArgTypes> = { readonly [K in keyof A]: number };

export interface Range {
  /** The first item. */
  readonly from: I32;
  /** One more than the last item. */
  readonly to: I32;
  /** The thread's number, from 0. It says which part of a scratch area is the thread's own. */
  readonly thread: I32;
}

export interface Program<A extends ArgTypes = ArgTypes> {
  readonly name: string;
  readonly args: A;
  readonly emit: (features: Features) => Fn;
}

export const parameterNames = ['args', 'from', 'to', 'thread'] as const;

export function program<const A extends ArgTypes>(
  name: string,
  args: A,
  body: (fn: Fn, args: ArgLocals<A>, range: Range) => void,
): Program<A> {
  const emit = (features: Features) => {
    const fn = new Fn(name, parameterNames.length, features);
    const [address, from, to, thread] = parameterNames.map((_, i) => new I32('local.get', [], [i]));
    const locals: Record<string, I32Var | F32Var> = {};
    for (const [i, [arg, type]] of Object.entries(args).entries()) {
      locals[arg] = type === 'i32' ? fn.i32(arg, loadI32(address, 4 * i)) : fn.f32(arg, loadF32(address, 4 * i) as F32);
    }
    body(fn, locals as unknown as ArgLocals<A>, { from, to, thread });
    return fn;
  };
  return { name, args, emit };
}
