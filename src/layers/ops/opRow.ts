// One row per operation: how its positional arguments are called, and what it computes.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpCall } from './opCall.js';
import { float, numeric, promote } from './opValues.js';

export interface OpRow {
  /** Positional arguments fill these in order, leaving out what the config holds. */
  readonly names: readonly string[];
  /** The output has the shape that the operands broadcast to. */
  readonly isElementwise?: boolean;
  readonly run: (call: OpCall) => Tensor | Tensor[];
}

export type OpTable = Readonly<Record<string, OpRow>>;

export function op(names: string, run: OpRow['run']): OpRow {
  return { names: names.split(' '), run };
}

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

/** An elementwise function of numbers of any dtype. */
export function unary(f: (x: Tensor, call: OpCall) => Tensor, names = 'x'): OpRow {
  return { names: names.split(' '), isElementwise: true, run: (call) => f(numeric(call.tensor('x')), call) };
}

/** An elementwise function with float results. */
export function floatUnary(f: Unary): OpRow {
  return unary((x) => f(float(x)));
}

export function pair(call: OpCall): Tensor[] {
  return promote([call.tensor('x1'), call.tensor('x2')]);
}

/**
 * An elementwise function of two tensors, after both are cast to the wider dtype.
 * @param ofBools for two tensors of truth values; default: they count as the integers 0 and 1.
 */
export function binary(f: Binary, ofBools?: Binary): OpRow {
  return {
    names: ['x1', 'x2'],
    isElementwise: true,
    run(call) {
      const [a, b] = pair(call);
      if (a.dtype === 'bool' && ofBools) return ofBools(a, b);
      return f(numeric(a), numeric(b));
    },
  };
}

export function floatBinary(f: Binary): OpRow {
  return binary((a, b) => f(float(a), float(b)));
}
