// Keras's metrics that are means over samples: https://keras.io/api/metrics/

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {
  asKerasObject,
  configOf,
  customObject,
  isJsonObject,
  isKerasObject,
  type Json,
  type JsonObject,
  type KerasObject,
  kerasObject,
  toSnake,
} from '../../core/json.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { isMetric, Metric } from '../metrics/metric.js';
import { num, type Params, readParams, text, withConfigs } from '../serialization/params.js';
import {
  findCustom,
  functionOrClassName,
  getLoss,
  isLossClass,
  type LossFunction,
  type LossOptions,
  lossClassOf,
  ownName,
} from './losses.js';

/** Targets, predictions -> a value for each sample: for `compile({ metrics })`. */
export interface MetricFunction {
  (target: Tensor, output: Tensor): Tensor;
  /** As keras.metrics.serialize. */
  readonly serialize: () => Json;
}

type Compare = (target: Tensor, output: Tensor, values: Readonly<Record<string, unknown>>) => Tensor;

interface Definition {
  readonly name: string;
  readonly params: Params;
  readonly compare: Compare;
}

const asFloat = (x: Tensor) => tf.cast(x, 'float32');
const labelsOf = (target: Tensor, output: Tensor) =>
  target.rank === output.rank && target.shape.at(-1) === 1 ? tf.squeeze(target, [target.rank - 1]) : target;
const areEqual = (a: Tensor, b: Tensor) => asFloat(tf.equal(asFloat(a), asFloat(b)));

const sparse: Compare = (target, output) => areEqual(labelsOf(target, output), tf.argMax(output, -1));
const categorical: Compare = (target, output) => areEqual(tf.argMax(target, -1), tf.argMax(output, -1));
const binary: Compare = (target, output, { threshold = 0.5 }) =>
  tf.mean(areEqual(asLike(target, output), tf.greater(output, threshold as number)), -1);

function asLike(target: Tensor, output: Tensor): Tensor {
  return target.rank === output.rank - 1 ? tf.expandDims(target, -1) : target;
}

/** Whether the score of the label is among the k highest; equal ones count. */
function inTop(labels: Tensor, output: Tensor, k: number): Tensor {
  const classes = output.shape.at(-1) as number; // may be 1, which tf.oneHot refuses
  const isLabel = tf.equal(tf.expandDims(asFloat(labels), -1), tf.range(0, classes, 1));
  const own = tf.sum(tf.mul(output, asFloat(isLabel)), -1, true);
  const isHigh = tf.less(tf.sum(asFloat(tf.greater(output, own)), -1), k);
  return asFloat(tf.logicalAnd(isHigh, tf.any(isLabel, -1))); // a label that is no class is never among them
}

type Kind = 'binary' | 'sparse' | 'categorical';

/** Keras chooses by the shapes of targets and predictions. */
function kindOf(target: Tensor, output: Tensor): Kind {
  if (output.shape.at(-1) === 1) return 'binary';
  return target.rank < output.rank || target.shape.at(-1) === 1 ? 'sparse' : 'categorical';
}

const accuracies: Readonly<Record<Kind, Compare>> = { binary, sparse, categorical };
const crossentropies: Readonly<Record<Kind, string>> = {
  binary: 'binary_crossentropy',
  sparse: 'sparse_categorical_crossentropy',
  categorical: 'categorical_crossentropy',
};
const accuracy: Compare = (y, x, values) => accuracies[kindOf(y, x)](y, x, values);
const crossentropy: Compare = (y, x) => getLoss(crossentropies[kindOf(y, x)])(y, x);

/** Names of metrics, in any case, that the shapes make one of three. */
const byShapes: ReadonlyMap<unknown, Compare> = new Map([
  ['accuracy', accuracy],
  ['acc', accuracy],
  ['crossentropy', crossentropy],
  ['ce', crossentropy],
]);

const table: Readonly<Record<string, Definition>> = {
  Accuracy: { name: 'accuracy', params: {}, compare: (y, x) => areEqual(y, x) },
  BinaryAccuracy: { name: 'binary_accuracy', params: { threshold: num(0.5) }, compare: binary },
  CategoricalAccuracy: { name: 'categorical_accuracy', params: {}, compare: categorical },
  SparseCategoricalAccuracy: { name: 'sparse_categorical_accuracy', params: {}, compare: sparse },
  LogCoshError: { name: 'logcosh', params: {}, compare: (y, x) => getLoss('LogCosh')(y, x) },
  // The loss is the negative of this.
  CosineSimilarity: {
    name: 'cosine_similarity',
    params: { axis: num(-1) },
    compare: (y, x, { axis }) => tf.neg(getLoss('CosineSimilarity', { axis })(y, x)),
  },
  TopKCategoricalAccuracy: {
    name: 'top_k_categorical_accuracy',
    params: { k: num(5) },
    compare: (y, x, { k }) => inTop(tf.argMax(y, -1), x, k as number),
  },
  SparseTopKCategoricalAccuracy: {
    name: 'sparse_top_k_categorical_accuracy',
    params: { k: num(5) },
    compare: (y, x, { k }) => inTop(labelsOf(y, x), x, k as number),
  },
};

/** How getMetric finds one. */
export interface MetricOptions extends LossOptions {
  /** Whether the identifier stands in a file of tf.keras, which takes some names otherwise. Default false. */
  readonly byTfKeras?: boolean;
}

const byName = new Map(Object.keys(table).flatMap((name) => [[name, name] as const, [toSnake(name), name] as const]));

/** The function of a class in the table of this file. */
export function metricFunction(
  className: string,
  values: Readonly<Record<string, unknown>>,
): (target: Tensor, output: Tensor) => Tensor {
  const { compare } = table[className];
  return (y, x) => compare(asFloat(y), x, values);
}

/** Classes that more than a mean of a function needs: src/layers/metrics fills it, so an app carries them if it asks. */
const classes = new Map<string, MetricClass>();

type MetricClass = new (config: object) => Metric;

/** Makes classes known to getMetric, by their names and by these in snake_case: those that are no function here. */
export function registerMetrics(found: Readonly<Record<string, MetricClass>>): void {
  for (const [name, metric] of Object.entries(found)) {
    if (!withState.has(name)) continue;
    classes.set(name, metric);
    classes.set(toSnake(name), metric);
  }
}

/** Metrics with state and means whose classes are in src/layers/metrics, in both spellings. */
const withState: ReadonlySet<string> = new Set(
  (
    'AUC BinaryIoU ConcordanceCorrelation F1Score FBetaScore FalseNegatives FalsePositives IoU Mean MeanIoU ' +
    'MeanMetricWrapper OneHotIoU OneHotMeanIoU PearsonCorrelation Precision PrecisionAtRecall R2Score Recall ' +
    'RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SpecificityAtSensitivity Sum TrueNegatives ' +
    'TruePositives'
  )
    .split(' ')
    .flatMap((name) => [name, toSnake(name)]),
);

/** Whether Keras has a metric of this name that is no loss. */
export function isMetricName(name: string): boolean {
  return byName.has(name) || withState.has(name);
}

/** Whether metrics of a compilation need the classes of src/layers/metrics. */
export function needsMetricClasses(value: unknown): boolean {
  if (typeof value === 'string') return withState.has(value) && !classes.has(value);
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some(needsMetricClasses);
}

const optionKeys: OptionKeys<MetricOptions> = { customObjects: true, byTfKeras: true };

/**
 * Finds a metric, as keras.metrics.get: accuracies and losses as functions, the others (AUC, Precision, Recall, IoU, ...)
 * as objects with state, for which `tfjs-backend-convnet/training` must be imported.
 * @param given A name, under which logs show the metric, the serialized form of Keras 2 or 3, a metric, or a function of
 * targets and predictions.
 * @throws ValueError for an unknown one.
 */
export function getMetric(given: unknown, options: MetricOptions = {}): MetricFunction | Metric {
  checkOptionKeys('getMetric', options, optionKeys);
  if (isMetric(given)) return given;
  const identifier = options.byTfKeras ? asNamedByTfKeras(given) : given;
  const chosen = byShapes.get(typeof identifier === 'string' ? identifier.toLowerCase() : identifier);
  if (chosen) {
    const name = identifier as string;
    return named(
      (y: Tensor, x: Tensor) => chosen(y, x, {}),
      name,
      () => name,
    );
  }
  const isName = typeof identifier === 'string';
  const object = isName ? { class_name: identifier, config: {} } : asGiven(identifier);
  const { class_name: className, config } = isKerasObject(object)
    ? asKerasObject(object)
    : { class_name: '', config: {} };
  const found = isKerasObject(object) ? findCustom(object, options.customObjects) : undefined;
  const known = found === undefined ? byName.get(className) : undefined;
  if (known !== undefined) {
    const { dtype: _, ...given } = config as JsonObject;
    const { params, name, compare } = table[known];
    const values = readParams(known, { name: text(name), ...params }, given) as Readonly<Record<string, unknown>>;
    const serialize = () => (isName ? identifier : kerasObject('keras.metrics', known, values as JsonObject));
    return named(
      (y: Tensor, x: Tensor) => compare(y, x, values),
      isName ? identifier : (values.name as string),
      serialize,
    );
  }
  const metricClass = isWrapper(object) ? undefined : classes.get(className);
  if (metricClass && found === undefined) {
    return withConfigs(() => new metricClass({ ...(isName ? { name: identifier } : {}), ...(config as JsonObject) }));
  }
  if (withState.has(className) && !isWrapper(object) && found === undefined) {
    throw new KerasValueError(
      `getMetric: metrics with state need import 'tfjs-backend-convnet/training'. Received: ${showValue(identifier)}`,
    );
  }
  const custom = found as MetricClass | undefined;
  if (custom?.prototype instanceof Metric) {
    const made = withConfigs(() => new custom({ ...(config as JsonObject) }));
    // Python has it under the name in the file, and not among its own metrics.
    return isKerasObject(object)
      ? Object.assign(made, { serialize: () => customObject(object, made.getConfig()) })
      : made;
  }
  if (isWrapper(object) && found === undefined) return wrapped(object, options);
  const name = isKerasObject(object) ? functionOrClassName(object) : className;
  const isLoss = typeof identifier === 'function' || lossClassOf(name) !== undefined;
  if (!isLoss && found === undefined) throw unknown(identifier);
  const loss = getLoss(identifier, {}, { customObjects: options.customObjects });
  const { name: label = loss.name } = isKerasObject(object) ? configOf(asKerasObject(object)) : {};
  const shown = isName ? ownName(identifier) : String(label);
  const isObject = isLossObject(object, found);
  const compare = isObject ? batchValueOf(loss) : (loss.asMetric ?? loss);
  const isOwn = found === undefined && !isObject && isKerasObject(object) && typeof config !== 'string';
  const isFunction = found === undefined && className === 'function';
  const serialize = isOwn
    ? () => metricOfLoss(name, shown, config as JsonObject)
    : isFunction
      ? () => kerasFunction(name)
      : loss.serialize;
  return named((y: Tensor, x: Tensor) => compare(y, x), shown, isName ? () => identifier : serialize);
}

/** Losses whose means are classes of metrics of the same name. */
const alsoMetrics = new Set(
  (
    'MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError Hinge SquaredHinge ' +
    'CategoricalHinge KLDivergence Poisson BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy'
  ).split(' '),
);

/** The metric that is the mean of a loss, as a file has it: a class of metrics, or a function in a wrapper. */
function metricOfLoss(name: string, shown: string, { dtype: _, fn: __, ...config }: JsonObject): Json {
  const className = lossClassOf(name) ?? name;
  if (alsoMetrics.has(className)) return kerasObject('keras.metrics', className, { ...config, name: shown });
  if (className === 'LogCosh') return kerasObject('keras.metrics', 'LogCoshError', { name: shown });
  return kerasObject('keras.metrics', 'MeanMetricWrapper', { name: shown, fn: kerasFunction(toSnake(name)) });
}

/** A function of Keras, as Keras 3 writes it. */
function kerasFunction(config: string): JsonObject {
  return { module: 'builtins', class_name: 'function', config, registered_name: 'function' };
}

/** A serialized MeanMetricWrapper, which holds a function or an object of a loss. */
function isWrapper(object: unknown): object is KerasObject {
  if (!isKerasObject(object) || asKerasObject(object).class_name !== 'MeanMetricWrapper') return false;
  return isKerasObject(configOf(asKerasObject(object)).fn ?? null);
}

function wrapped(object: KerasObject, options: MetricOptions): MetricFunction {
  const { fn, name } = configOf(asKerasObject(object));
  const inner = asKerasObject(fn as KerasObject);
  const given = configOf(inner);
  // tf.keras leaves out where it has an object of a loss from.
  const isObject = lossClassOf(inner.class_name) !== undefined && given.reduction !== undefined;
  const held = getMetric(isObject ? { ...inner, module: 'keras.losses', config: given } : inner, options);
  if (isMetric(held)) throw unknown(object);
  const shown = typeof name === 'string' ? name : held.name;
  const serialize = () =>
    isObject
      ? held.serialize()
      : kerasObject('keras.metrics', 'MeanMetricWrapper', { name: shown, fn: fn as unknown as Json });
  return named((y: Tensor, x: Tensor) => held(y, x), shown, serialize);
}

/**
 * A metric that tf.keras was given by name. Logs there show a class by its own name, and a `cosine_proximity` is not the
 * negative one that a loss is.
 */
function asNamedByTfKeras(given: unknown): unknown {
  if (typeof given !== 'string' || byShapes.has(given.toLowerCase())) return given;
  if (given === 'cosine_proximity') return { class_name: 'CosineSimilarity', config: { name: given } };
  const isClass = given === 'AUC' || (/^[A-Z]/.test(given) && /[a-z]/.test(given));
  const named = given === 'KLDivergence' ? { name: 'kullback_leibler_divergence' } : {};
  return isClass ? { class_name: given, config: named } : given;
}

/** A function of this file that Keras 3 names as one of Python, as a metric of that name. */
function asGiven(identifier: unknown): unknown {
  if (!isKerasObject(identifier)) return identifier;
  const name = functionOrClassName(identifier);
  // The function `cosine_similarity` is that of the loss: the negative of the metric.
  const isMetricFunction = typeof identifier.config === 'string' && byName.has(name) && lossClassOf(name) === undefined;
  return isMetricFunction ? { class_name: name, config: {} } : identifier;
}

/**
 * Whether Python had an object of a loss's class among the metrics, and neither a name nor a metric. An .h5 does not say the
 * module, but no metric has a reduction.
 */
function isLossObject(object: unknown, found: unknown): boolean {
  if (isLossClass(found) || !isKerasObject(object)) return isLossClass(found);
  const { module, config } = asKerasObject(object);
  return module === 'keras.losses' || (isJsonObject(config) && config.reduction !== undefined);
}

/** The loss of a batch: Keras's metric of it is the mean over batches. */
function batchValueOf(loss: LossFunction): (target: Tensor, output: Tensor) => Tensor {
  const { reduction } = loss;
  if (reduction === 'none') return loss;
  return (y, x) => (reduction === 'sum' ? tf.sum(loss(y, x)) : tf.mean(loss(y, x)));
}

/** TensorFlow.js logs a metric under the name of its function. */
function named(run: (target: Tensor, output: Tensor) => Tensor, name: string, serialize: () => Json): MetricFunction {
  return Object.assign(Object.defineProperty(run, 'name', { value: name }), { serialize });
}

function unknown(value: unknown): KerasValueError {
  return new KerasValueError(
    `Could not interpret metric identifier: ${showValue(value)}. Pass a custom one in customObjects.`,
  );
}
