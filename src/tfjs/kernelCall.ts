// A call of a kernel by the shapes of its operands, as self-tests make it up.

import type { DataType } from '@tensorflow/tfjs-core';

export interface Operand {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A kernel's attributes; each kernel has its own. */
export type CallAttrs = Readonly<Record<string, unknown>>;

export interface Call {
  readonly kernelName: string;
  /** By TensorFlow.js's names; '0', '1', ... for kernels that take a list. */
  readonly operands: Readonly<Record<string, Operand>>;
  readonly attrs: CallAttrs;
}
