// Finds Keras's optimizers and schedules by name or config: https://keras.io/api/optimizers/

import type { Optimizer } from '@tensorflow/tfjs-core';
import { asKerasObject, customObject, isKerasObject, type Json, type KerasObject } from '../../core/json.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { classNames } from '../serialization/classNames.js';
import { withConfigs } from '../serialization/params.js';
import { Adafactor } from './adafactor.js';
import { Adam, AdamW } from './adam.js';
import { Adadelta, Adagrad, RMSprop } from './adaptive.js';
import { Ftrl } from './ftrl.js';
import { Lion, SGD } from './gradientDescent.js';
import { KerasOptimizer } from './kerasOptimizer.js';
import { LossScaleOptimizer } from './lossScale.js';
import { Adamax, Lamb, Nadam, ScheduleFreeAdamW } from './moments.js';
import { Muon } from './muon.js';
import { LearningRateSchedule, scheduleClass } from './schedules.js';

/** An optimizer of Keras, alone or with a loss scale around it. */
export type AnyKerasOptimizer = KerasOptimizer | LossScaleOptimizer;

type OptimizerClass = (new (args: object) => KerasOptimizer) & { readonly className: string };

const classes: Readonly<Record<string, OptimizerClass>> = Object.fromEntries(
  [
    SGD,
    RMSprop,
    Adam,
    AdamW,
    Adadelta,
    Adagrad,
    Adamax,
    Adafactor,
    Nadam,
    Ftrl,
    Lion,
    Lamb,
    Muon,
    ScheduleFreeAdamW,
  ].map((made) => [made.className, made as unknown as OptimizerClass]),
);

const known = classNames(Object.keys(classes), {
  ...Object.fromEntries(Object.keys(classes).map((name) => [name.toLowerCase(), name])),
  schedule_free_adamw: 'ScheduleFreeAdamW',
});

/** How custom classes are found. */
export interface OptimizerOptions {
  /** Classes of optimizers and schedules by name or registered name ('package>Name'). */
  readonly customObjects?: Readonly<Record<string, unknown>>;
}

const optionKeys: OptionKeys<OptimizerOptions> = { customObjects: true };

/**
 * Finds or makes an optimizer, as keras.optimizers.get.
 * @param identifier A name, the serialized form of Keras 2 or 3, or an optimizer.
 * @throws ValueError for an unknown one.
 */
export function getOptimizer(identifier: unknown, options: OptimizerOptions = {}): Optimizer {
  checkOptionKeys('getOptimizer', options, optionKeys);
  if (isOptimizer(identifier)) return identifier;
  const object = typeof identifier === 'string' ? { class_name: identifier, config: {} } : identifier;
  if (!isKerasObject(object)) throw unknown('optimizer', identifier);
  const { class_name: className, config: given, registered_name: registered } = asKerasObject(object) as KerasObject;
  const config = { ...(given as Record<string, unknown>) };
  if (isKerasObject(config.learning_rate)) config.learning_rate = getSchedule(config.learning_rate, options);
  const custom = findCustom(options, registered, className);
  if (custom)
    return withNameOf(
      identifier,
      withConfigs(() => new (custom as new (config: unknown) => Optimizer)(config)),
    );
  if (className === 'LossScaleOptimizer') return scaled(config, options);
  // tf.keras calls its optimizers 'Custom>AdamW' in some files.
  const name = known.find(className.replace(/^Custom>/, ''));
  if (name === undefined) throw unknown('optimizer', identifier);
  return withConfigs(() => new classes[name](config));
}

/** Whether a value is one of Keras's optimizers, and not one of TensorFlow.js's. */
export function isKerasOptimizer(value: unknown): value is AnyKerasOptimizer {
  return value instanceof KerasOptimizer || value instanceof LossScaleOptimizer;
}

function isOptimizer(value: unknown): value is Optimizer {
  return typeof (value as Optimizer | null)?.applyGradients === 'function';
}

function scaled(config: Record<string, unknown>, options: OptimizerOptions): LossScaleOptimizer {
  const inner = getOptimizer(config.inner_optimizer, options);
  const {
    initial_scale: initialScale,
    dynamic_growth_steps: dynamicGrowthSteps,
    name,
  } = config as {
    readonly initial_scale?: number;
    readonly dynamic_growth_steps?: number;
    readonly name?: string;
  };
  return new LossScaleOptimizer(inner as KerasOptimizer, { initialScale, dynamicGrowthSteps, name });
}

/**
 * Makes a schedule from its serialized form, as keras.optimizers.schedules.deserialize.
 * @throws ValueError for an unknown one.
 */
export function getSchedule(identifier: unknown, options: OptimizerOptions = {}): LearningRateSchedule {
  checkOptionKeys('getSchedule', options, optionKeys);
  if (identifier instanceof LearningRateSchedule) return identifier;
  if (!isKerasObject(identifier)) throw unknown('learning rate schedule', identifier);
  const { class_name: className, config, registered_name: registered } = asKerasObject(identifier);
  const custom = findCustom(options, registered, className) as typeof made;
  const made = (custom ?? scheduleClass(className)) as (new (config: unknown) => LearningRateSchedule) | undefined;
  if (!made) throw unknown('learning rate schedule', identifier);
  const schedule = withConfigs(() => new made(config));
  return custom ? withNameOf(identifier, schedule) : schedule;
}

/** Python has an object of one's own under the name in the file, and not among its own classes. */
function withNameOf<T extends object>(identifier: unknown, made: T): T {
  const { serialize, getConfig } = made as { serialize?: () => unknown; getConfig?: () => object };
  if (!serialize || !getConfig || !isKerasObject(identifier)) return made;
  return Object.assign(made, { serialize: () => customObject(identifier, getConfig.call(made) as Json) });
}

function findCustom({ customObjects = {} }: OptimizerOptions, registered: unknown, className: string): unknown {
  const ownName = className.slice(className.lastIndexOf('>') + 1); // an .h5 has the registered name as the class
  const names = [registered, className, ownName].filter((name): name is string => typeof name === 'string');
  const name = names.find((name) => Object.hasOwn(customObjects, name));
  return name === undefined ? undefined : customObjects[name];
}

function unknown(kind: string, value: unknown): KerasValueError {
  return new KerasValueError(
    `Could not interpret ${kind} identifier: ${showValue(value)}. Pass a custom one in customObjects.`,
  );
}
