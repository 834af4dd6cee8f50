// The arguments that tf.layers.Layer itself reads: name, trainable, input shapes.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { toSnake } from '../../core/json.js';
import { autoName } from './autoName.js';
import { KerasValueError, showValue } from './kerasValueError.js';
import type { LayerContext } from './layerArgs.js';

/**
 * Keys that every layer accepts and no table of fields contains: those of tfjs, of Keras 2 and of KerasLayer itself.
 */
const baseKeys = new Set(
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

/** The keys that a layer knows. */
export interface KnownKeys {
  readonly className: string;
  readonly fields: readonly string[];
  readonly ignored: readonly string[];
}

/** @throws ValueError for arguments that the layer does not know, unless the caller hears of them. */
export function checkKeys(given: Record<string, unknown>, known: KnownKeys, { onUnknownKeys }: LayerContext): void {
  const { className, fields, ignored } = known;
  const isKnown = (key: string) => fields.includes(key) || baseKeys.has(key) || ignored.includes(key);
  const unknown = Object.keys(given).filter((key) => !isKnown(key) && given[key] !== undefined);
  if (unknown.length === 0) return;
  if (onUnknownKeys) {
    const set = unknown.filter((key) => given[key] !== null); // None is no argument in any version
    if (set.length > 0) onUnknownKeys(className, set.map(toSnake));
    return;
  }
  const received = Object.fromEntries(unknown.map((key) => [toSnake(key), given[key]]));
  throw new KerasValueError(
    `Unrecognized keyword arguments passed to ${className}: ${showValue(received)}. Known are ${fields.map(toSnake).join(', ')}`,
  );
}
