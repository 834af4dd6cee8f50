// The operands and parameters of one call of an operation, by name. The methods check their types.

import type { Tensor } from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { checkTrialNumber } from '../base/loadLimits.js';
import { asTensor, isTensor, type OpValue } from './opValues.js';

const LONGEST_TEXT = 1000;

/**
 * One call of an operation. All methods but `raw`, `has` and `entries` throw ValueError for a value of another type.
 */
export class OpCall {
  readonly where: string;
  readonly #values: ReadonlyMap<string, OpValue>;

  /** True if only the output's shape is needed, so that expensive operations can give zeros. */
  readonly isTrial: boolean;

  /** Makes integers of what was computed of them, as Keras 3 does; null by the rules of tf.keras. */
  readonly asIntegers: ((x: Tensor) => Tensor) | null;
  /** Keras's dtype of the first input, such as 'uint8'; '' where it is not known. */
  readonly inputDtype: string;

  constructor(
    where: string,
    values: ReadonlyMap<string, OpValue>,
    isTrial = false,
    { asIntegers = null, inputDtype = '' }: Partial<Pick<OpCall, 'asIntegers' | 'inputDtype'>> = {},
  ) {
    this.where = where;
    this.isTrial = isTrial;
    this.asIntegers = asIntegers;
    this.inputDtype = inputDtype;
    this.#values = values;
  }

  /** The value, or null if there is none. */
  raw(key: string): OpValue {
    return this.#values.get(key) ?? null;
  }

  has(key: string): boolean {
    return this.raw(key) !== null;
  }

  /** Whether the call names the argument, be it as null. */
  names(key: string): boolean {
    return this.#values.has(key);
  }

  /** All names and values, for operations that accept any keyword. */
  entries(): readonly (readonly [string, OpValue])[] {
    return [...this.#values];
  }

  tensor(key: string): Tensor {
    return asTensor(this.raw(key), `${this.where}, \`${key}\``);
  }

  tensorOrNull(key: string): Tensor | null {
    return this.has(key) ? this.tensor(key) : null;
  }

  /** A list of tensors. */
  tensors(key: string): Tensor[] {
    const value = this.raw(key);
    if (Array.isArray(value) && value.length > 0) return value.map((item) => asTensor(item, this.where));
    throw this.wrong(key, 'a list of tensors');
  }

  number(key: string, missing?: number): number {
    const value = this.raw(key) ?? missing;
    if (typeof value === 'number') return value;
    throw this.wrong(key, 'a number');
  }

  integer(key: string, missing?: number): number {
    const value = this.number(key, missing);
    if (!Number.isInteger(value)) throw this.wrong(key, 'a whole number');
    if (this.isTrial) checkTrialNumber(key, value);
    return value;
  }

  boolean(key: string, missing: boolean): boolean {
    const value = this.raw(key) ?? missing;
    if (typeof value === 'boolean') return value;
    throw this.wrong(key, 'true or false');
  }

  text(key: string, missing?: string): string {
    const value = this.raw(key) ?? missing;
    // Patterns are taken apart in a time that grows with the square of their length.
    if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
    throw this.wrong(key, typeof value === 'string' ? `of ${LONGEST_TEXT} characters at most` : 'a name');
  }

  oneOf<T extends string>(key: string, names: readonly T[], missing: T): T {
    const value = this.text(key, missing).toLowerCase();
    const found = names.find((name) => name === value);
    if (found) return found;
    throw this.wrong(key, `one of ${names.join(', ')}`);
  }

  /** Integers, given as one or as a list. */
  integers(key: string): number[] {
    const value = this.raw(key);
    const list = Array.isArray(value) ? value : [value];
    if (list.every((item) => Number.isInteger(item))) return list as number[];
    throw this.wrong(key, 'whole numbers');
  }

  integersOrNull(key: string): number[] | null {
    return this.has(key) ? this.integers(key) : null;
  }

  /** Axes of a tensor of this rank, from zero up; null stays null. */
  axes(key: string, rank: number): number[] | null {
    return this.integersOrNull(key)?.map((axis) => this.#axis(key, axis, rank)) ?? null;
  }

  axis(key: string, rank: number, missing?: number): number {
    return this.#axis(key, this.integer(key, missing), rank);
  }

  axisOrNull(key: string, rank: number): number | null {
    return this.has(key) ? this.axis(key, rank) : null;
  }

  #axis(key: string, axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive >= 0 && positive < rank) return positive;
    throw new KerasValueError(
      `${this.where}: axis is out of bounds for a tensor of rank ${rank}. Received: ${key}=${axis}`,
    );
  }

  /** The error for a value of the wrong type. */
  wrong(key: string, expected: string): KerasValueError {
    const value = this.raw(key);
    const shown = isTensor(value) ? `tensor of shape ${showValue(value.shape)}` : showValue(value);
    return new KerasValueError(`${this.where}: \`${key}\` must be ${expected}. Received: ${key}=${shown}`);
  }
}
