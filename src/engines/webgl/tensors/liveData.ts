// TensorFlow.js's data of a backend, which can be listed: when a context is lost all of them must be looked at. What has
// values on the CPU, or had them when it was uploaded, goes on from those. Everything else is an error from then on, for
// whoever asks: TensorFlow.js would take an empty texture for it.

import type { TextureData } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import { type DataId, DataStorage, util } from '@tensorflow/tfjs-core';
import { lostResult } from '../gl/contextLoss.js';

type Values = TextureData['values'];

/** Data with the values that they had before they were uploaded. A slice has those of the tensor that it was cut from. */
export interface KeptData extends TextureData {
  kept?: Values;
}

export class LiveData extends DataStorage<TextureData> {
  /** Data that are, or may be, on the GPU. Those on the CPU alone are not held here, so that they can be collected. */
  readonly #onGpu = new Set<DataId>();

  track(dataId: DataId): void {
    this.#onGpu.add(dataId);
  }

  override delete(dataId: DataId): boolean {
    this.#onGpu.delete(dataId);
    return super.delete(dataId);
  }

  /** Takes all data off the GPU, which has lost them, and returns their ids. */
  leaveGpu(): DataId[] {
    const ids = [...this.#onGpu].filter((dataId) => this.has(dataId));
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

function leaveGpu(data: KeptData): void {
  if (isLost(data) || data.dtype === 'string' || data.complexTensorInfos) return;
  const values = data.values ?? data.kept;
  const { slice, shape } = data;
  const own = slice && values ? cut(values as Float32Array, slice.flatOffset, util.sizeFromShape(shape)) : values;
  Object.assign(data, {
    texture: null,
    texShape: null,
    isPacked: false,
    slice: undefined,
    kept: undefined,
    values: own,
  });
  if (own == null) declareLost(data);
}

function cut(values: Float32Array, from: number, length: number): Float32Array {
  return values.slice(from, from + length);
}

function isLost(data: KeptData): boolean {
  return Object.getOwnPropertyDescriptor(data, 'values')?.get !== undefined;
}

/** Asking for the values throws from now on; disposing of the data does not. */
function declareLost(data: KeptData): void {
  Object.defineProperty(data, 'values', {
    get: () => {
      throw lostResult(data.shape);
    },
    enumerable: false, // a copy of the data must be possible
    configurable: true,
  });
}
