// The loops of fit() and evaluate(). TensorFlow.js's own average what each batch gives, know no weights of examples, and
// leave tensors behind when something throws.
// Source: https://keras.io/api/models/model_training_apis/

import type { Tensor } from '@tensorflow/tfjs-core';
import type { History, LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch, BatchSource } from './batchSource.js';
import { makeCallbacks } from './callbackList.js';
import type { KerasFitArgs, KerasFitDatasetArgs } from './fitArgs.js';
import { BatchLogs } from './logs.js';
import type { Trackers } from './trackers.js';

/** What the loops need of a model. */
export interface Trainee {
  readonly trackers: Trackers;
  isTraining: boolean;
  history: History;
  stopTraining_: boolean;
  trainBatch(batch: Batch): void;
  testBatch(batch: Batch): void;
  /** Called after the last epoch, before callbacks hear that the training has ended. */
  finalizeWeights(): void;
}

type Args = KerasFitArgs & KerasFitDatasetArgs;

/** What fit() has been asked for. */
export interface FitJob {
  /** The model that callbacks see. */
  readonly owner: LayersModel;
  readonly source: BatchSource;
  readonly validation: BatchSource | null;
  readonly args: Args;
  readonly batchSize: number | null;
}

export async function fitLoop(model: Trainee, job: FitJob): Promise<History> {
  const { source, validation, args, owner } = job;
  const { epochs = 1, initialEpoch = 0, verbose = 1, signal } = args;
  const { trackers } = model;
  const { labels } = trackers;
  const metrics = validation ? [...labels, ...labels.map((label) => `val_${label}`)] : labels;
  const { samples, steps } = source;
  const { batchSize } = job;
  const params = {
    epochs,
    initialEpoch,
    samples,
    steps,
    batchSize,
    verbose,
    doValidation: validation !== null,
    metrics,
  };
  const [callbacks, history] = makeCallbacks(args.callbacks, args.yieldEvery, params, owner);
  model.history = history;
  model.stopTraining_ = false;
  const isStopped = () => model.stopTraining_ || signal?.aborted === true;
  try {
    const seenBy = owner as { firstEpoch?: number };
    seenBy.firstEpoch = initialEpoch; // a callback that restores a training sets another
    await callbacks.onTrainBegin();
    for (let epoch = seenBy.firstEpoch ?? initialEpoch; epoch < epochs && !isStopped(); epoch++) {
      trackers.reset();
      await callbacks.onEpochBegin(epoch);
      const count = await trainEpoch(model, source, callbacks, isStopped);
      if (count === 0) break; // there are no more data
      const logs = await trackers.values();
      if (validation && isValidated(epoch, args.validationFreq) && !signal?.aborted) {
        const found = await validate(
          model,
          validation,
          callbacks.callbacks as TestListener[],
          () => signal?.aborted === true,
        );
        for (const [label, value] of Object.entries(found ?? {})) logs[`val_${label}`] = value;
      }
      await callbacks.onEpochEnd(epoch, logs as never);
    }
    if (epochs > 0) model.finalizeWeights();
    await callbacks.onTrainEnd();
    await history.syncData();
    return history;
  } finally {
    trackers.reset();
    for (const callback of callbacks.callbacks as readonly { release?(): void }[]) callback.release?.();
  }
}

/** Gives the number of batches. */
async function trainEpoch(
  model: Trainee,
  source: BatchSource,
  callbacks: ReturnType<typeof makeCallbacks>[0],
  isStopped: () => boolean,
): Promise<number> {
  let index = 0;
  for await (const batch of source.epoch()) {
    const size = batch.inputs[0].shape[0];
    try {
      await callbacks.onBatchBegin(index, { batch: index, size });
      model.trainBatch(batch);
    } finally {
      batch.dispose();
    }
    const logs = new BatchLogs(model.trackers, index, size);
    try {
      await callbacks.onBatchEnd(index, logs.logs);
    } finally {
      logs.dispose();
    }
    index++;
    if (isStopped()) break;
  }
  return index;
}

function isValidated(epoch: number, freq: Args['validationFreq'] = 1): boolean {
  return typeof freq === 'number' ? (epoch + 1) % freq === 0 : freq.includes(epoch + 1);
}

/** What TensorFlow.js's callbacks do not hear. */
interface TestListener {
  onTestBegin?(): Promise<void> | void;
  onTestEnd?(): Promise<void> | void;
}

/** The values of all labels; null if it was interrupted. */
async function validate(
  model: Trainee,
  source: BatchSource,
  listeners: readonly TestListener[],
  isStopped: () => boolean,
) {
  const { trackers } = model;
  trackers.reset();
  for (const listener of listeners) await listener.onTestBegin?.();
  try {
    for await (const batch of source.epoch()) {
      testAndDispose(model, batch);
      if (isStopped()) return null;
    }
  } finally {
    for (const listener of listeners) await listener.onTestEnd?.();
  }
  return trackers.values();
}

function testAndDispose(model: Trainee, batch: Batch): void {
  try {
    model.testBatch(batch);
  } finally {
    batch.dispose();
  }
}

/** The values of all labels over batches that are there. */
export function evaluateBatches(model: Trainee, batches: Iterable<Batch>): Tensor[] {
  const { trackers } = model;
  trackers.reset();
  try {
    for (const batch of batches) testAndDispose(model, batch);
    return trackers.results();
  } finally {
    trackers.reset();
  }
}

/** The values of all labels over batches that come. */
export async function evaluateSource(model: Trainee, source: BatchSource): Promise<Tensor[]> {
  const { trackers } = model;
  trackers.reset();
  try {
    for await (const batch of source.epoch()) testAndDispose(model, batch);
    return trackers.results();
  } finally {
    trackers.reset();
  }
}

/** The values of one step, in training. */
export function trainOnce(model: Trainee, batch: Batch): Tensor[] {
  const { trackers } = model;
  trackers.reset();
  try {
    model.trainBatch(batch);
    return trackers.results();
  } finally {
    trackers.reset();
  }
}
