// A row per operation: the names of its positional arguments, and its computation.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpCall } from './opCall.js';
import { float, numeric, promote } from './opValues.js';

/** An operation. */
export interface OpRow {
  /** Names of the positional arguments in order. Those in the config are skipped. */
  readonly names: readonly string[];
  /** Whether the output has the shape to which the operands broadcast. */
  readonly isElementwise?: boolean;
  /** Whether operands may be complex64. For other operations such an operand is an error. */
  readonly takesComplex?: boolean;
  /**
   * Whether Keras gives the tensor itself, with its mask, where the operation has nothing to do: of a tensor that is real, or has
   * the dtype already.
   */
  readonly givesItself?: boolean;
  /** What the operation gives for the shape of its input, where it reads nothing else of it. */
  readonly readsShape?: (shape: readonly number[]) => number | number[];
  readonly run: (call: OpCall) => Tensor | Tensor[];
}

export type OpTable = Readonly<Record<string, OpRow>>;

/** A row. @param names of the positional arguments, separated by spaces. */
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

/** The operands x1 and x2, cast to the wider dtype. */
export function pair(call: OpCall): Tensor[] {
  return promote([call.tensor('x1'), call.tensor('x2')]);
}

/**
 * An elementwise function of two tensors, which are cast to the wider dtype first.
 * @param ofBools the function for two bool tensors. Default: they are cast to int32.
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

/** An elementwise function of two tensors in float32. */
export function floatBinary(f: Binary): OpRow {
  return binary((a, b) => f(float(a), float(b)));
}
