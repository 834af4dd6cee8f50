// All metric classes of Keras, by name; importing it makes them known to getMetric().
// Source: https://keras.io/api/metrics/

import { registerMetrics } from '../losses/metrics.js';
import * as atThreshold from './atThreshold.js';
import { AUC } from './auc.js';
import * as correlations from './correlations.js';
import * as counts from './counts.js';
import { F1Score, FBetaScore } from './fScore.js';
import * as iou from './iou.js';
import * as meanMetrics from './meanMetrics.js';
import { Mean, MeanMetricWrapper, RootMeanSquaredError, Sum } from './means.js';
import { Metric } from './metric.js';
import { R2Score } from './r2Score.js';

type MetricClass = new (args: object) => Metric;

const modules = {
  ...atThreshold,
  ...correlations,
  ...counts,
  ...iou,
  ...meanMetrics,
  AUC,
  F1Score,
  FBetaScore,
  Mean,
  R2Score,
  RootMeanSquaredError,
  Sum,
};

/** By the class's name in Keras. */
export const metricClasses = {
  ...modules,
  Metric,
  MeanMetricWrapper,
} as unknown as Readonly<Record<string, MetricClass>>;

registerMetrics(modules as unknown as Readonly<Record<string, MetricClass>>);
