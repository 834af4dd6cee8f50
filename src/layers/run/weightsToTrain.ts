// Which weights the next steps change, where `trainable` has been set since compile().

import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { KerasValueError } from '../base/kerasValueError.js';

/**
 * Those that are trainable now.
 * @throws ValueError where the optimizer would take the state of one weight for that of another.
 */
export function weightsToTrain(
  optimizer: Optimizer,
  compiled: readonly LayerVariable[],
  current: readonly LayerVariable[],
): readonly LayerVariable[] {
  const left = new Set(compiled);
  const isSame = compiled.length === current.length && current.every((weight) => left.has(weight));
  if (isSame || !goesByPosition(optimizer)) return current;
  throw new KerasValueError(
    `\`trainable\` was set after compile(), and the optimizer has made steps with other weights: compile the model again, or use an optimizer of tfjs-backend-convnet/keras. Received: optimizer=${optimizer.getClassName()}, ${current.length} trainable weights instead of ${compiled.length}`,
  );
}

/** TensorFlow.js's own optimizers know the state of a variable by its position in the list. Plain descent has none. */
function goesByPosition(optimizer: Optimizer): boolean {
  return !('stateOf' in optimizer) && optimizer.getClassName() !== 'SGD' && optimizer.iterations > 0;
}
