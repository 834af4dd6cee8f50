// What tf.layers.Layer itself reads of a layer's arguments: name, trainable, input shapes.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { autoName } from './autoName.js';
import { KerasValueError, showValue } from './kerasValueError.js';

/** Keys of every layer that are no part of its config: of tfjs, of Keras 2, and those that the base reads itself. */
export const baseKeys = new Set(
  'name trainable dtype activityRegularizer autocast inputShape batchInputShape batchShape batchSize inputDType inputDim weights customObjects'.split(
    ' ',
  ),
);

type TfjsArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/**
 * What tf.layers.Layer's own constructor shall see: no dtype policy, which it would take for a dtype. Keras 2 allowed slashes
 * in names.
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
