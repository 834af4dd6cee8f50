// The arguments that tf.layers.Layer itself reads: name, trainable, input shapes.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { autoName } from './autoName.js';
import { KerasValueError, showValue } from './kerasValueError.js';

/**
 * Keys that every layer accepts and no table of fields contains: those of tfjs, of Keras 2 and of KerasLayer itself.
 */
export const baseKeys = new Set(
  'name trainable dtype activityRegularizer autocast inputShape batchInputShape batchShape batchSize inputDType inputDim weights customObjects'.split(
    ' ',
  ),
);

type TfjsArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/**
 * The arguments for tf.layers.Layer's constructor. The dtype policy is left out, since tfjs would take it for a dtype.
 * @throws ValueError for a name with a slash, which only Keras 2 allowed, and for a `trainable` that is no boolean.
 */
export function tfjsArgs(given: Record<string, unknown>, className: string, isKeras2: boolean): TfjsArgs {
  const { name, trainable } = given;
  if (name !== undefined && name !== null && (typeof name !== 'string' || (name.includes('/') && !isKeras2))) {
    throw new KerasValueError(
      `Argument \`name\` must be a string and cannot contain character \`/\`. Received: name=${showValue(name)} (of type ${typeof name})`,
    );
  }
  if (trainable !== undefined && trainable !== null && typeof trainable !== 'boolean') {
    throw new KerasValueError(
      `Argument \`trainable\` must be a boolean. Received: trainable=${showValue(trainable)} (of type ${typeof trainable})`,
    );
  }
  return {
    name: name == null ? autoName(className) : name,
    trainable: trainable ?? true,
    inputShape: given.inputShape as Shape | undefined,
    batchInputShape: (given.batchInputShape ?? given.batchShape) as Shape | undefined,
    batchSize: given.batchSize as number | undefined,
    inputDType: given.inputDType as TfjsArgs['inputDType'],
    weights: given.weights as Tensor[] | undefined,
  };
}
