// TensorFlow.js's own optimizers in the form of Keras: those of a model that is saved, and those that its `model.save()` names in
// the trainingConfig of a model.json.
// Source: https://js.tensorflow.org/api/latest/#Training-Optimizers and https://keras.io/api/optimizers/

import {
  asKerasObject,
  isJsonObject,
  isKerasObject,
  type JsonObject,
  type KerasObject,
  kerasObject,
} from '../../core/json.js';

/** For each optimizer class of tfjs: Keras's class, and Keras's name of each argument. */
const optimizers: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
  SGD: ['SGD', { learningRate: 'learning_rate' }],
  Momentum: ['SGD', { learningRate: 'learning_rate', momentum: 'momentum', useNesterov: 'nesterov' }],
  Adam: ['Adam', { learningRate: 'learning_rate', beta1: 'beta_1', beta2: 'beta_2', epsilon: 'epsilon' }],
  Adamax: ['Adamax', { learningRate: 'learning_rate', beta1: 'beta_1', beta2: 'beta_2', epsilon: 'epsilon' }],
  Adagrad: [
    'Adagrad',
    { learningRate: 'learning_rate', initialAccumulatorValue: 'initial_accumulator_value', epsilon: 'epsilon' },
  ],
  Adadelta: ['Adadelta', { learningRate: 'learning_rate', rho: 'rho', epsilon: 'epsilon' }],
  RMSProp: [
    'RMSprop',
    { learningRate: 'learning_rate', decay: 'rho', momentum: 'momentum', epsilon: 'epsilon', centered: 'centered' },
  ],
};

/** An optimizer of TensorFlow.js as Keras would write it; null for a class that Keras does not have. */
export function asKerasOptimizer(className: string, config: JsonObject): KerasObject | null {
  if (!Object.hasOwn(optimizers, className)) return null;
  const [kerasName, keys] = optimizers[className];
  const written = Object.entries(keys).filter(([key]) => (config[key] ?? null) !== null);
  const args = Object.fromEntries(written.map(([key, name]) => [name, config[key]]));
  return kerasObject('keras.optimizers', kerasName, args);
}

/** The trainingConfig of a model that TensorFlow.js saved, with Keras's optimizer. One of this package is that already. */
export function fromTrainingConfig(config: JsonObject): JsonObject {
  const className = tfjsClassOf(config);
  if (className === null) return config;
  const { config: args } = asKerasObject(config.optimizer_config as KerasObject);
  return { ...config, optimizer_config: asKerasOptimizer(className, args as JsonObject) };
}

/** The class of TensorFlow.js's own optimizer in a trainingConfig; null if it has one of Keras, or none that is known. */
export function tfjsClassOf({ optimizer_config: optimizer = null }: JsonObject): string | null {
  if (!isKerasObject(optimizer) || !isJsonObject(optimizer.config) || 'learning_rate' in optimizer.config) return null;
  const { class_name: className } = asKerasObject(optimizer);
  return Object.hasOwn(optimizers, className) ? className : null;
}
