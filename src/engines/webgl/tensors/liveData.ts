// TensorFlow.js's data of a backend, which can be listed: when a context is lost all of them must be looked at. What has
// values on the CPU, or had them when it was uploaded, goes on from those. Everything else is an error from then on, for
// whoever asks: TensorFlow.js would take an empty texture for it.

import type { TextureData } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import { type DataId, DataStorage, util } from '@tensorflow/tfjs-core';
import { lostResult } from '../gl/contextLoss.js';
import { voidResult } from '../gl/failures.js';

type Values = TextureData['values'];

/** Data with the values that they had before they were uploaded. A slice has those of the tensor that it was cut from. */
export interface KeptData extends TextureData {
  kept?: Values;
}

export class LiveData extends DataStorage<TextureData> {
  /**
   * Data that are, or may be, on the GPU, with their place among those that were computed there, or 0. Those on the CPU
   * alone are not held here, so that they can be collected.
   */
  readonly #onGpu = new Map<DataId, number>();
  #computed = 0;
  /** The errors of data that have been declared void. */
  readonly #void = new WeakMap<DataId, Error>();
  readonly #renewed = new WeakMap<DataId, NonNullable<Values>>();

  /** How many data have been computed so far; one that is drawn after it was made counts twice. */
  get computed(): number {
    return this.#computed;
  }

  /** Data that came from the CPU; see noteComputed() for others. */
  track(dataId: DataId): void {
    if (!this.#onGpu.has(dataId)) this.#onGpu.set(dataId, 0);
  }

  /** Data are computed on the GPU, now or when they are drawn, which is noted too. */
  noteComputed(dataId: DataId): void {
    this.#onGpu.set(dataId, ++this.#computed);
  }

  /** Those that were computed since `computed` had this value. */
  computedSince(computed: number): DataId[] {
    return [...this.#onGpu].filter(([dataId, at]) => at > computed && this.has(dataId)).map(([dataId]) => dataId);
  }

  /**
   * Asking for the values throws from now on.
   *
   * @param error Default: that a program that has failed may have computed them.
   */
  declareVoid(dataId: DataId, error?: Error): void {
    const data = this.get(dataId);
    if (data.dtype === 'string' || data.complexTensorInfos) return;
    const thrown = error ?? voidResult(data.shape);
    declare(data, () => thrown);
    this.#void.set(dataId, thrown);
  }

  /** Gives data, which may be gone, the values that they have by another computation. */
  renew(dataId: DataId, values: NonNullable<Values>): void {
    this.#void.delete(dataId);
    this.#onGpu.delete(dataId);
    this.#renewed.set(dataId, values);
    this.replace(dataId, values);
  }

  /** The values that data have by another computation, if there was one. */
  renewed(dataId: DataId): NonNullable<Values> | undefined {
    return this.#renewed.get(dataId);
  }

  /** Whether data have been declared void. */
  isVoid(dataId: DataId): boolean {
    return this.#void.has(dataId);
  }

  /** Throws if data have been declared void, also if they are gone since. */
  checkVoid(dataId: DataId): void {
    const error = this.#void.get(dataId);
    if (error) throw error;
  }

  override delete(dataId: DataId): boolean {
    this.#onGpu.delete(dataId);
    return super.delete(dataId);
  }

  /** Takes all data off the GPU, which has lost them, and returns their ids. */
  leaveGpu(): DataId[] {
    const ids = [...this.#onGpu.keys()].filter((dataId) => this.has(dataId));
    for (const dataId of ids) leaveGpu(this.get(dataId));
    return ids;
  }

  /** Gives data other values, on the CPU. */
  replace(dataId: DataId, values: Values): void {
    if (!this.has(dataId)) return;
    const property = { value: values, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(this.get(dataId), 'values', property);
  }
}

/** The values that data have, or had before they were uploaded, if those are known. */
export function ownValues({ values, kept, slice, shape }: KeptData): Values | undefined {
  const all = values ?? kept;
  return slice && all ? cut(all as Float32Array, slice.flatOffset, util.sizeFromShape(shape)) : all;
}

function leaveGpu(data: KeptData): void {
  if (isLost(data) || data.dtype === 'string' || data.complexTensorInfos) return;
  const own = ownValues(data);
  Object.assign(data, {
    texture: null,
    texShape: null,
    isPacked: false,
    slice: undefined,
    kept: undefined,
    values: own,
  });
  if (own == null) declare(data, lostResult);
}

function cut(values: Float32Array, from: number, length: number): Float32Array {
  return values.slice(from, from + length);
}

function isLost(data: KeptData): boolean {
  return Object.getOwnPropertyDescriptor(data, 'values')?.get !== undefined;
}

/** Asking for the values throws from now on; disposing of the data does not. */
function declare(data: KeptData, error: (shape: readonly number[]) => Error): void {
  Object.defineProperty(data, 'values', {
    get: () => {
      throw error(data.shape);
    },
    enumerable: false, // a copy of the data must be possible
    configurable: true,
  });
}
