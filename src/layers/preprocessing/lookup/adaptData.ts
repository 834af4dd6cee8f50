// The data that `adapt()` takes: a tensor, arrays, batches, or a tf.data dataset, which is read asynchronously.
// Source: https://keras.io/guides/preprocessing_layers/#the-adapt-method

import { type DataType, dispose, Tensor, type TensorLike, tensor } from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';

/** What `tf.data.Dataset` is to adapt(). Each element is a tensor, a text, a number or an array of them. */
export interface AdaptDataset {
  forEachAsync(f: (element: unknown) => void): Promise<void>;
}

/** Examples at hand: a tensor, a (nested) array of texts or numbers, or several tensors, which are batches. */
export type AdaptValues = Tensor | TensorLike | Iterable<Tensor>;

export interface Adaptation {
  /** The dtype of arrays that are no tensors. */
  readonly dtype: DataType;
  /** Takes a batch. The tensor is disposed of by its owner. */
  readonly update: (batch: Tensor) => void;
  /** Called after the last batch. */
  readonly finish: () => void;
}

/**
 * Passes the data on in batches. Gives a promise for a dataset.
 * @throws ValueError for data without a batch.
 */
export function adaptTo(data: AdaptValues | AdaptDataset, adaptation: Adaptation): void | Promise<void> {
  if (isDataset(data)) return adaptToDataset(data, adaptation);
  const batches = isBatches(data) ? [...data] : [data];
  if (batches.length === 0) throw noBatches(data);
  for (const batch of batches) useBatch(batch as Tensor | TensorLike, adaptation, false);
  adaptation.finish();
}

async function adaptToDataset(data: AdaptDataset, adaptation: Adaptation): Promise<void> {
  let count = 0;
  await data.forEachAsync((element) => {
    useBatch(element as Tensor | TensorLike, adaptation, true);
    count++;
  });
  if (count === 0) throw noBatches(data);
  adaptation.finish();
}

function useBatch(value: Tensor | TensorLike, { dtype, update }: Adaptation, isOurs: boolean): void {
  const isTensor = value instanceof Tensor;
  const batch = isTensor ? value : tensor(value, undefined, dtype);
  try {
    update(batch);
  } finally {
    if (isOurs || !isTensor) dispose(batch);
  }
}

function isDataset(data: unknown): data is AdaptDataset {
  return data !== null && typeof data === 'object' && typeof (data as AdaptDataset).forEachAsync === 'function';
}

/** Whether the data are several tensors. */
function isBatches(data: AdaptValues): data is Iterable<Tensor> {
  if (data instanceof Tensor || typeof data !== 'object') return false;
  if (Array.isArray(data)) return data.length === 0 || data[0] instanceof Tensor;
  return !ArrayBuffer.isView(data) && typeof (data as Iterable<Tensor>)[Symbol.iterator] === 'function';
}

function noBatches(data: unknown): KerasValueError {
  return new KerasValueError(
    `adapt() received no batches. Expected at least one batch. Received: data=${showValue(data)}`,
  );
}
