// The public names of `tfjs-backend-convnet/training`: Keras's callbacks, and its metrics with state, which become
// known to getMetric().

import './layers/metrics/metricClasses.js';

export * from './keras/callbacks/public.js';
export { getMetric, type MetricFunction } from './layers/losses/metrics.js';
export * from './layers/metrics/public.js';
export type {
  ClassWeight,
  FitBatch,
  FitCallback,
  FitSource,
  KerasEvaluateArgs,
  KerasFitArgs,
  KerasFitDatasetArgs,
  KerasTrainOnBatchArgs,
} from './layers/run/fit/fitArgs.js';
