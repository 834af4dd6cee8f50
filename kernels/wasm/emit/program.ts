// A program: one kernel function with named arguments.
//
// All programs have the same machine-level signature (block, from, to, thread): `block` is the address where the host has
// put the arguments, 4 bytes each, and [from, to) are the items of work to do, so that threads can share one launch and
// neither host nor worker knows any other calling convention. Items must not depend on each other.

import { type F32, I32, loadF32, loadI32 } from './expr.js';
import { type F32Var, type Features, Fn, type I32Var } from './fn.js';

export type ArgType = 'i32' | 'f32';
export type ArgTypes = Readonly<Record<string, ArgType>>;
export type ArgLocals<A extends ArgTypes> = { readonly [K in keyof A]: A[K] extends 'f32' ? F32Var : I32Var };
/** Pointers are byte addresses; booleans 0 or 1. */
export type ArgValues<A extends ArgTypes> = { readonly [K in keyof A]: number };

export interface Range {
  /** First item. */
  readonly from: I32;
  /** Behind the last item. */
  readonly to: I32;
  /** Number of the thread, from 0: which part of a scratch area is its own. */
  readonly thread: I32;
}

export interface Program<A extends ArgTypes = ArgTypes> {
  readonly name: string;
  readonly args: A;
  readonly emit: (features: Features) => Fn;
}

export const parameterNames = ['block', 'from', 'to', 'thread'] as const;

export function program<const A extends ArgTypes>(
  name: string,
  args: A,
  body: (fn: Fn, args: ArgLocals<A>, range: Range) => void,
): Program<A> {
  const emit = (features: Features) => {
    const fn = new Fn(name, parameterNames.length, features);
    const [block, from, to, thread] = parameterNames.map((_, i) => new I32('local.get', [], [i]));
    const locals: Record<string, I32Var | F32Var> = {};
    for (const [i, [arg, type]] of Object.entries(args).entries()) {
      locals[arg] = type === 'i32' ? fn.i32(arg, loadI32(block, 4 * i)) : fn.f32(arg, loadF32(block, 4 * i) as F32);
    }
    body(fn, locals as unknown as ArgLocals<A>, { from, to, thread });
    return fn;
  };
  return { name, args, emit };
}
