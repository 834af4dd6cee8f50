// The metrics that `tfjs-backend-convnet/training` exports.

export * from './atThreshold.js';
export * from './auc.js';
export * from './correlations.js';
export * from './counts.js';
export * from './fScore.js';
export * from './iou.js';
export * from './meanMetrics.js';
export {
  Mean,
  MeanMetricWrapper,
  type MeanMetricWrapperArgs,
  RootMeanSquaredError,
  Sum,
} from './means.js';
export { Metric, type MetricArgs, type MetricData, type Totals } from './metric.js';
export * from './r2Score.js';
