// The optimizer, loss and metrics of a compiled model as Keras's compile_config. Keras must know each by a name. A loss
// that is the user's own function has none, so the file then holds an uncompiled model.
// Source: https://keras.io/api/models/model_training_apis/ and https://keras.io/api/optimizers/

import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isKerasObject, type Json, type JsonObject, type KerasObject, toSnake } from '../../core/json.js';
import { majorOf } from '../../core/kerasVersion.js';
import { getLoss, lossClassOf } from '../../layers/losses/losses.js';
import { isMetricName } from '../../layers/losses/metrics.js';
import { isMetric } from '../../layers/metrics/metric.js';
import { isKerasOptimizer } from '../../layers/optimizers/optimizers.js';
import { rulesVersionOf } from '../../layers/run/models.js';
import { configInFile } from '../compile/compileAsSaved.js';
import { asKerasOptimizer } from '../compile/tfjsOptimizers.js';
import { originOf } from '../graph/origins.js';
import { metricsForKeras3 } from './metricNames.js';

/** Losses and metrics that both tfjs and Keras have; the short names are Keras's too. */
const names = new Set(
  (
    'mean_squared_error mse mean_absolute_error mae mean_absolute_percentage_error mape mean_squared_logarithmic_error msle ' +
    'squared_hinge hinge categorical_hinge categorical_crossentropy sparse_categorical_crossentropy binary_crossentropy ' +
    'kullback_leibler_divergence kld poisson cosine_proximity cosine_similarity accuracy acc binary_accuracy ' +
    'categorical_accuracy sparse_categorical_accuracy'
  ).split(' '),
);
const renamed: Readonly<Record<string, string>> = {
  kullback_leibler_divergence: 'kl_divergence',
  kld: 'kl_divergence',
  cosine_proximity: 'cosine_similarity',
};

/** The compile_config of a model; {} if it is not compiled, or compiled with something that Keras has no name for. */
export function compileConfig(model: LayersModel): JsonObject {
  const { optimizer, loss, metrics } = model as unknown as {
    readonly optimizer?: Optimizer;
    readonly loss?: unknown;
    readonly metrics?: unknown;
  };
  if (!optimizer) return {};
  const writtenOptimizer = isKerasOptimizer(optimizer)
    ? optimizer.serialize()
    : asKerasOptimizer(optimizer.getClassName(), optimizer.getConfig() as JsonObject);
  const writtenLoss = kerasNames(loss);
  if (!writtenOptimizer || writtenLoss === null) return {};
  const inFile = configInFile(model);
  if (inFile) return { ...inFile, loss: ofAllOutputs(inFile.loss ?? null, model), optimizer: writtenOptimizer };
  const weights = lossWeightsOf(model);
  return {
    optimizer: writtenOptimizer,
    loss: ofAllOutputs(writtenLoss, model),
    loss_weights: weights.every((weight) => weight === 1) ? null : weights,
    metrics: metricsForKeras3(kerasNames(metrics), model),
    weighted_metrics: metricsForKeras3(kerasNames(weightedMetricsOf(model)), model),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}

/** Losses by the names of outputs, of which Keras 3 wants one for each; tf.keras may leave out those without a loss. */
function ofAllOutputs(loss: Json, { outputNames = [] }: LayersModel): Json {
  if (loss === null || typeof loss !== 'object' || Array.isArray(loss) || isKerasObject(loss)) return loss;
  const byName = loss as JsonObject;
  if (!Object.keys(byName).every((name) => outputNames.includes(name))) return loss;
  return Object.fromEntries(outputNames.map((name) => [name, byName[name] ?? null]));
}

/**
 * The compile_config of an archive. A model that is not compiled keeps that of the file it came from, but for one of tf.keras:
 * Keras 3 loads the model and cannot predict with it, or refuses the optimizer's arguments.
 */
export function archivedConfig(model: LayersModel): JsonObject {
  const written = compileConfig(model);
  if (!isEmpty(written) || majorOf(rulesVersionOf(model) ?? '3') === 2) return written;
  return (originOf(model)?.compile_config ?? {}) as JsonObject;
}

/** Whether nothing is said. */
export function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/**
 * The training_config of an .h5 file or a model.json; null if it cannot be said. Losses are written as objects: Keras 3 cannot read their
 * names there.
 */
export function trainingConfig(model: LayersModel): JsonObject | null {
  const { optimizer, loss = null, ...others } = compileConfig(model);
  if (!isKerasObject(optimizer)) return null;
  const { class_name, config } = withoutModule(optimizer);
  const asObject = (value: Json): Json => {
    if (typeof value === 'string') return withoutModule(getLoss(value).serialize());
    if (isFunctionName(value)) return lossClassOf(value.config) ? asObject(value.config) : value.config;
    if (value === null || isKerasObject(value)) return withoutModule(value);
    if (Array.isArray(value)) return value.map((item) => asObject(item as Json));
    return Object.fromEntries(Object.entries(value as JsonObject).map(([key, item]) => [key, asObject(item as Json)]));
  };
  return {
    ...others,
    metrics: bare(others.metrics ?? null),
    weighted_metrics: bare(others.weighted_metrics ?? null),
    loss: asObject(loss),
    optimizer_config: { class_name, config },
  };
}

/** Objects as .h5 files hold them, at any depth of lists and dictionaries. */
function bare(value: Json): Json {
  if (isKerasObject(value)) return withoutModule(value);
  if (Array.isArray(value)) return value.map((item) => bare(item as Json));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bare(item as Json)]));
}

/** A function of Python, of which .h5 files have the name. */
function isFunctionName(value: Json): value is KerasObject & { readonly config: string } {
  return isKerasObject(value) && value.class_name === 'function' && typeof value.config === 'string';
}

/** .h5 files have the name of a registered class ('package>Name') in the place of the class. */
function withoutModule<T extends Json>(value: T): T {
  if (!isKerasObject(value)) return value;
  if (isFunctionName(value)) return value.config as T;
  const { class_name: name, config, registered_name: registered } = value;
  return { class_name: registered?.includes('>') ? registered : name, config } as unknown as T;
}

/** The weights of the losses of all outputs, as our models keep them; a chain keeps them in its inner model. */
function lossWeightsOf(model: LayersModel): readonly number[] {
  const { lossWeights, model: inner } = model as { lossWeights?: readonly number[]; model?: LayersModel };
  return lossWeights ?? (inner ? lossWeightsOf(inner) : []);
}

/** The metrics in which weights count; a chain keeps them in its inner model. */
function weightedMetricsOf(model: LayersModel): unknown {
  const { weightedMetrics, model: inner } = model as { weightedMetrics?: unknown; model?: LayersModel };
  return weightedMetrics ?? (inner ? weightedMetricsOf(inner) : null);
}

/** The same structure with Keras's spelling of each name; null if it is empty or Keras lacks one of the names. */
function kerasNames(value: unknown): Json | null {
  return spelled(value) ?? null;
}

/** Undefined for what Keras has no name for. In a structure null stands for an output without any. */
function spelled(value: unknown): Json | undefined {
  if (typeof value === 'string') {
    const name = toSnake(value);
    if (names.has(name)) return renamed[name] ?? name;
    return lossClassOf(value) !== undefined || isMetricName(value) ? value : undefined;
  }
  if (typeof value === 'function') return 'serialize' in value ? (value.serialize as () => Json)() : undefined;
  if (value === null) return null;
  if (typeof value !== 'object') return undefined;
  if (isMetric(value)) return value.serialize();
  const entries = Object.entries(value).map(([key, item]) => [key, spelled(item ?? null)] as const);
  if (entries.some(([, item]) => item === undefined)) return undefined;
  if (entries.every(([, item]) => item === null)) return null;
  const written = entries as (readonly [string, Json])[];
  return Array.isArray(value) ? written.map(([, item]) => item) : Object.fromEntries(written);
}
