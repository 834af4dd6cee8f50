// Layers whose policy names integers or booleans, as Flatten(dtype="int32"). Keras 3 casts floats that such a layer is
// given, where tf.keras leaves them as they are. Source: https://keras.io/api/mixed_precision/policy/

import { cast, customGrad, notEqual, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { isIntegerDtype } from './integerRange.js';

/** Classes that take their inputs as they are: they read integers by themselves, or compute in float32 first. */
const untouched = new Set([
  'Embedding',
  'GroupNormalization',
  'HashedCrossing',
  'Hashing',
  'IntegerLookup',
  'LayerNormalization',
  'Pipeline',
  'RandomCrop',
  'RandomFlip',
  'ReversibleEmbedding',
  'StringLookup',
  'TextVectorization',
]);

/** Whether a layer of this class and policy casts the floats that it is given, in Keras 3. */
export function castsFloats(className: string, policy: string): boolean {
  return (policy === 'bool' || isIntegerDtype(policy)) && !untouched.has(className);
}

/** Integers have no gradient. */
const toIntegers = customGrad((x) => ({
  value: cast(x as Tensor, 'int32'),
  gradFunc: () => zerosLike(x as Tensor),
})) as (x: Tensor) => Tensor;

/** The inputs, floats among them as the policy has them: towards zero, or whether they are not 0. */
export function withFloatsCast(inputs: Tensor | Tensor[], policy: string): Tensor | Tensor[] {
  if (Array.isArray(inputs)) return inputs.map((x) => withFloatsCast(x, policy) as Tensor);
  if (inputs.dtype !== 'float32') return inputs;
  return policy === 'bool' ? notEqual(inputs, 0) : toIntegers(inputs);
}
