// Finds Keras's losses by name, config or function: https://keras.io/api/losses/

import { cast, expandDims, type Tensor } from '@tensorflow/tfjs-core';
import {
  asKerasObject,
  configOf,
  customObject,
  isKerasObject,
  type Json,
  type JsonObject,
  type KerasObject,
  kerasObject,
  toSnake,
} from '../../core/json.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { maskOf } from '../base/masks.js';
import { toSameRank } from '../metrics/samplewise.js';
import { oneOf, readParams, text } from '../serialization/params.js';
import { type Compare, lossTable } from './lossTable.js';
import type { TargetRule } from './targetRule.js';

/** How the values of all samples become one number. */
export type Reduction = 'sum_over_batch_size' | 'mean' | 'sum' | 'mean_with_sample_weight' | 'none';

/** Targets, predictions -> a value for each sample: for `compile({ loss })`. */
export interface LossFunction {
  (target: Tensor, output: Tensor): Tensor;
  /** What training does with the values. */
  readonly reduction: Reduction;
  /** Whether a target is the number of a class where the prediction has a value for each. */
  readonly takesLabels: boolean;
  /** The shape of the targets of outputs of this shape, where it follows from no other rule; null: any size. */
  readonly targetShape?: (output: readonly (number | null)[]) => (number | null)[];
  /** Which other shapes targets may have; undefined: none. See `fitsOutput`. */
  readonly targetRule?: TargetRule;
  /** What the metric of its name computes, where that differs: there targets and predictions broadcast. */
  readonly asMetric?: Compare;
  /** As keras.losses.serialize. */
  readonly serialize: () => Json;
}

/** A loss of one's own that has arguments: customObjects takes its class, which is made with the config of a file. */
export interface CustomLoss {
  /** Targets, predictions -> a value for each sample. */
  call(target: Tensor, output: Tensor): Tensor;
  /** Default: that of the config, else 'sum_over_batch_size'. */
  readonly reduction?: Reduction;
  /** What saved files get. Default: the config that it was made with. */
  getConfig?(): object;
}

/** How custom losses are found. */
export interface LossOptions {
  /** Functions of targets and predictions, or classes of losses, by name or registered name ('package>Name'). */
  readonly customObjects?: Readonly<Record<string, unknown>>;
}

/** Names of Keras besides those of the classes in snake_case. */
const aliases: Readonly<Record<string, string>> = {
  mse: 'MeanSquaredError',
  mae: 'MeanAbsoluteError',
  mape: 'MeanAbsolutePercentageError',
  msle: 'MeanSquaredLogarithmicError',
  bce: 'BinaryCrossentropy',
  kld: 'KLDivergence',
  kl_divergence: 'KLDivergence',
  kullback_leibler_divergence: 'KLDivergence',
  logcosh: 'LogCosh',
  log_cosh: 'LogCosh',
  cosine_proximity: 'CosineSimilarity',
};

const byName = new Map<string, string>([
  ...Object.keys(lossTable).flatMap((name) => [[name, name] as const, [toSnake(name), name] as const]),
  ...Object.entries(aliases),
]);
for (const name of Object.keys(aliases)) if (name.length <= 4) byName.set(name.toUpperCase(), aliases[name]);

/** The class of a loss by any spelling of its name. */
export function lossClassOf(name: string): string | undefined {
  return byName.get(name);
}

const reductions = oneOf(
  ['sum_over_batch_size', 'mean', 'sum', 'mean_with_sample_weight', 'none', 'auto'],
  'sum_over_batch_size',
);

const common = {
  name: text(''),
  // Python's None is no reduction.
  reduction: {
    read: (value, where, key) => (value === null ? 'none' : reductions.read(value, where, key)),
  } as typeof reductions,
};

/**
 * Finds or makes a loss, as keras.losses.get.
 * @param identifier A name, the serialized form of Keras 2 or 3, or a function of targets and predictions.
 * @param args The arguments of a class that is given by its name: `getLoss('Huber', { delta: 2 })`.
 * @throws ValueError for an unknown one.
 */
export function getLoss(identifier: unknown, args: object = {}, options: LossOptions = {}): LossFunction {
  checkOptionKeys('getLoss', options, { customObjects: true } satisfies OptionKeys<LossOptions>);
  const { customObjects = {} } = options;
  if (typeof identifier !== 'string' && Object.keys(args).length > 0) {
    throw new KerasValueError(`getLoss: arguments are for the name of a class. Received: args=${showValue(args)}`);
  }
  if (typeof identifier === 'function') return custom(identifier as Compare, identifier.name);
  const isName = typeof identifier === 'string';
  const object = isName ? { class_name: identifier, config: args } : identifier;
  if (!isKerasObject(object)) throw unknown(identifier);
  const { config } = asKerasObject(object);
  const name = functionOrClassName(object);
  const found = findCustom(object, customObjects);
  if (isLossClass(found)) return customOfClass(found, object);
  if (typeof found === 'function') return custom(found as Compare, name, object);
  const known = byName.get(name);
  if (known === undefined) throw unknown(identifier);
  const given = typeof config === 'string' ? {} : { ...(config as JsonObject) };
  delete given.dtype; // float32 here
  delete given.fn; // the function, which the class says
  return make(known, given, isName);
}

/** The name of a class, or that of a function: Keras 3 writes one as {class_name: 'function', config: its name}. */
export function functionOrClassName(object: KerasObject): string {
  const { class_name: className, config } = asKerasObject(object);
  return className === 'function' && typeof config === 'string' ? config : className;
}

/** What customObjects has under the registered name ('package>name'), the name, or the name without the package. */
export function findCustom(object: KerasObject, customObjects: LossOptions['customObjects'] = {}): unknown {
  const name = functionOrClassName(object);
  const keys = [asKerasObject(object).registered_name, name, ownName(name)];
  const key = keys.find((one): one is string => typeof one === 'string' && Object.hasOwn(customObjects, one));
  return key === undefined ? undefined : customObjects[key];
}

/** A registered name without its package. */
export const ownName = (name: string): string => name.slice(name.lastIndexOf('>') + 1);

/** Losses that compare value by value, so that targets broadcast. */
const elementwise = new Set(
  (
    'MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError Huber LogCosh Hinge ' +
    'SquaredHinge Poisson'
  ).split(' '),
);
/** Functions of Keras 3 that do not make targets and predictions of one rank, as losses around them do. */
const broadcasting = new Set(['Hinge', 'SquaredHinge', 'CategoricalHinge', 'KLDivergence', 'Poisson']);
const labelled = new Set(['SparseCategoricalCrossentropy', 'CategoricalGeneralizedCrossEntropy', 'Circle']);

function make(className: string, config: object, isOfCaller: boolean): LossFunction {
  const { params, name, compare } = lossTable[className];
  const { reduction: given, ...values } = readParams(className, { ...common, ...params }, config, { isOfCaller });
  const reduction = given === 'auto' ? ('sum_over_batch_size' as const) : given; // the default of tf.keras
  const run = compare(values as Readonly<Record<string, unknown>>);
  const loss = (target: Tensor, output: Tensor) => run(...toSameAxes(target, output));
  const serialize = () => {
    return kerasObject('keras.losses', className, { ...(values as JsonObject), name: values.name || name, reduction });
  };
  return named(
    Object.assign(loss, {
      reduction,
      takesLabels: labelled.has(className),
      ...(labelled.has(className)
        ? {}
        : ({ targetRule: elementwise.has(className) ? 'broadcasts' : 'squeezed' } as const)),
      ...(broadcasting.has(className) ? { asMetric: (y: Tensor, x: Tensor) => run(asFloat(y), x) } : {}),
      ...(className === 'CTC' ? { targetShape: ([batch]: readonly (number | null)[]) => [batch, null] } : {}),
      serialize,
    }),
    name,
  );
}

/**
 * Targets in float32 and predictions, with as many axes as each other: a last axis of 1 that one has more is left out, or a
 * vector gets one. Keras cannot train a masked output of another rank than its targets: there these get the axis, so that a
 * step of the mask is one of the loss.
 */
function toSameAxes(given: Tensor, output: Tensor): [Tensor, Tensor] {
  const target = asFloat(given);
  const isMasked = maskOf(output) !== null && output.shape.at(-1) === 1;
  return isMasked && target.rank === output.rank - 1 ? [expandDims(target, -1), output] : toSameRank(target, output);
}

const asFloat = (x: Tensor) => (x.dtype === 'float32' ? x : cast(x, 'float32'));

/** Whether a custom object is the class of a loss, and no function. */
export function isLossClass(value: unknown): value is new (config: JsonObject) => CustomLoss {
  return typeof value === 'function' && typeof value.prototype?.call === 'function';
}

function customOfClass(Class: new (config: JsonObject) => CustomLoss, object: KerasObject): LossFunction {
  const config = configOf(asKerasObject(object));
  const made = new Class(config);
  const { reduction } = readParams('loss', { reduction: common.reduction }, { reduction: config.reduction });
  const loss = (target: Tensor, output: Tensor) => made.call(...toSameAxes(target, output));
  const own = Object.assign(loss, {
    reduction: made.reduction ?? (reduction === 'auto' ? ('sum_over_batch_size' as const) : reduction),
    takesLabels: false,
    targetRule: 'free' as const,
    serialize: () => customObject(object, (made.getConfig?.() ?? config) as JsonObject),
  });
  const { name = toSnake(ownName(functionOrClassName(object))) } = config;
  return named(own, String(name));
}

/** @param object What a file has for it. Default: a function by its name. */
function custom(run: Compare, name: string, object?: KerasObject): LossFunction {
  if ('serialize' in run) return run as LossFunction;
  const loss = (target: Tensor, output: Tensor) => run(target, output);
  const byName = { module: 'builtins', class_name: 'function', config: name, registered_name: 'function' };
  const serialize = () => (object ? customObject(object, asKerasObject(object).config) : byName);
  const rules = { reduction: 'sum_over_batch_size', takesLabels: false, targetRule: 'free' } as const;
  const own = Object.assign(loss, { ...rules, serialize });
  return named(own, ownName(name));
}

function named<F extends object>(f: F, name: string): F {
  return Object.defineProperty(f, 'name', { value: name });
}

function unknown(value: unknown): KerasValueError {
  return new KerasValueError(
    `Could not interpret loss identifier: ${showValue(value)}. Pass a custom one in customObjects.`,
  );
}
