// What a model may cost while it is loaded. The numbers in a file are not trusted: without a limit, a file of a kilobyte
// could ask for weights of a terabyte, which no file holds. A model that is built in JavaScript has no limits.

import { KerasValueError, showValue } from './kerasValueError.js';

/** A tensor of a trial is too large, or all of them together; a trial with larger sizes can only cost more. */
export class TrialLimitError extends KerasValueError {}

export interface LoadLimits {
  /** The number of values that all weights together may have. */
  readonly weightValues: number;
  /** The number of values with which operations may be tried to learn their output shapes (ops/inferShapes.ts). */
  readonly trialValues: number;
}

/** The largest number of values of a tensor with which an operation may be tried, if it computes. */
const MOST_TRIAL_VALUES = 2 ** 23;
/** The same for tensors of zeros that are not read. */
const MOST_ZEROS = 2 ** 26;
/** The largest number of values of a tensor: that of the longest typed array with 32-bit offsets. */
const MOST_TENSOR_VALUES = 2 ** 31;

let left: { -readonly [K in keyof LoadLimits]: number } | null = null;

/** Runs `build`, which must not wait for anything, under these limits. */
export function withLoadLimits<T>(limits: LoadLimits, build: () => T): T {
  const before = left;
  left = { ...limits };
  try {
    return build();
  } finally {
    left = before;
  }
}

/** Takes a weight of this shape off the limit. Throws ValueError if too little is left. */
export function spendWeight(name: string, shape: readonly number[]): void {
  if (!left) return;
  left.weightValues -= valuesOf(shape);
  if (left.weightValues >= 0) return; // NaN is not
  throw new KerasValueError(
    `the weights of the model are larger than those of the file. Received: ${name} of shape ${showValue(shape)}`,
  );
}

/** Takes a tensor that a trial computes with off the limit. Throws ValueError if it is too large, or too little is left. */
export function spendTrial(shape: readonly number[]): void {
  if (!left) return;
  const values = valuesOf(shape);
  left.trialValues -= values;
  if (!(left.trialValues >= 0 && values <= MOST_TRIAL_VALUES)) throw tooLarge(shape);
}

/** Throws ValueError for a tensor that is too large for a trial. It holds zeros that nobody reads, so it costs nothing. */
export function checkTrialTensor(shape: readonly number[]): void {
  if (left && !(valuesOf(shape) <= MOST_ZEROS)) throw tooLarge(shape);
}

/** Throws ValueError for a whole number of a file by which a trial might make as many values, or do as many steps. */
export function checkTrialNumber(name: string, value: number): void {
  if (!left || Math.abs(value) <= MOST_TRIAL_VALUES) return;
  throw new KerasValueError(`\`${name}\` is too large to infer the shape of the output. Received: ${name}=${value}`);
}

function tooLarge(shape: readonly number[]): TrialLimitError {
  return new TrialLimitError(
    `the tensors are too large to infer the shape of the output. Received: a tensor of shape ${showValue(shape)}`,
  );
}

/** Throws ValueError if no backend could hold a tensor of this shape, whatever its unknown sizes are. */
export function checkTensorSize(shape: readonly (number | null)[]): void {
  const known = valuesOf(shape.map((size) => size ?? 1));
  if (known <= MOST_TENSOR_VALUES) return;
  throw new KerasValueError(`a tensor has 2 ** 31 values at most. Received: shape ${showValue(shape)}`);
}

function valuesOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
