// What a model was compiled with -> Keras's compile_config. Only what Keras knows under a name is written: a loss that is a
// function of the user's has none, and then the file holds an uncompiled model.
// Source: https://keras.io/api/models/model_training_apis/ and https://keras.io/api/optimizers/

import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Json, kerasObject, toSnake } from '../../core/json.js';

type Config = Readonly<Record<string, Json>>;

/** Keras's name of an optimizer's class and, for each argument that tfjs knows, Keras's name of it. */
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

/** Losses and metrics that both know; the short names are Keras's too. */
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

/** {} for a model that is not compiled, or not in a way that Keras knows. */
export function compileConfig(model: LayersModel): Config {
  const { optimizer, loss, metrics } = model as unknown as {
    readonly optimizer?: Optimizer;
    readonly loss?: unknown;
    readonly metrics?: unknown;
  };
  if (!optimizer) return {};
  const writtenOptimizer = optimizerObject(optimizer);
  const writtenLoss = known(loss);
  if (!writtenOptimizer || writtenLoss === null) return {};
  return {
    optimizer: writtenOptimizer,
    loss: writtenLoss,
    loss_weights: null,
    metrics: known(metrics),
    weighted_metrics: null,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}

function optimizerObject(optimizer: Optimizer): Json | null {
  const entry = optimizers[optimizer.getClassName()];
  if (!entry) return null;
  const [className, keys] = entry;
  const config = optimizer.getConfig() as Config;
  const written = Object.entries(keys).filter(([key]) => config[key] !== undefined && config[key] !== null);
  return kerasObject(
    'keras.optimizers',
    className,
    Object.fromEntries(written.map(([key, name]) => [name, config[key]])),
  );
}

/** Names in Keras's spelling, in the same structure; null if any has no name there, or there is none. */
function known(value: unknown): Json | null {
  if (typeof value === 'string') {
    const name = toSnake(value);
    return names.has(name) ? (renamed[name] ?? name) : null;
  }
  if (value === null || typeof value !== 'object') return null;
  const entries = Object.entries(value).map(([key, item]) => [key, known(item)] as const);
  if (entries.length === 0 || entries.some(([, item]) => item === null)) return null;
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
