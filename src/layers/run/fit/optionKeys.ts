// The names of the arguments of predict(), fit(), evaluate() and their relatives, which these check.

import { checkOptionKeys, type OptionKeys } from '../../../core/optionKeys.js';
import type { PredictArgs } from '../openModel.js';
import type { KerasEvaluateArgs, KerasFitArgs, KerasFitDatasetArgs, KerasTrainOnBatchArgs } from './fitArgs.js';

const ofFit: OptionKeys<KerasFitArgs & KerasFitDatasetArgs> = {
  batchSize: true,
  epochs: true,
  verbose: true,
  callbacks: true,
  validationSplit: true,
  validationData: true,
  shuffle: true,
  classWeight: true,
  sampleWeight: true,
  initialEpoch: true,
  stepsPerEpoch: true,
  batchesPerEpoch: true,
  validationSteps: true,
  validationBatches: true,
  validationBatchSize: true,
  validationFreq: true,
  yieldEvery: true,
  signal: true,
};
const ofEvaluate: OptionKeys<KerasEvaluateArgs> = { batchSize: true, verbose: true, sampleWeight: true, steps: true };
const ofPredict: OptionKeys<PredictArgs> = { batchSize: true, verbose: true };
const ofDataset: OptionKeys<{ batches?: number; verbose?: unknown }> = { batches: true, verbose: true };
const ofOneBatch: OptionKeys<KerasTrainOnBatchArgs> = { sampleWeight: true, classWeight: true };

const tables = {
  fit: ofFit,
  evaluate: ofEvaluate,
  evaluateDataset: ofDataset,
  predict: ofPredict,
  trainOnBatch: ofOneBatch,
};

/** @throws Error for an argument that the method does not have. */
export function checkArgs(method: keyof typeof tables, args: object | null | undefined): void {
  checkOptionKeys(method, args, tables[method]);
}
