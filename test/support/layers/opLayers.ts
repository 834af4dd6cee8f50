// Operations as layers, from short definitions, for tests without goldens.

import type * as tf from '@tensorflow/tfjs';
import type { Json } from '../../../src/core/json.js';
import { useAllLayers } from '../../../src/layers/allLayers.js';
import { OpLayer } from '../../../src/layers/ops/index.js';

useAllLayers(); // also where this test runs alone

export const input = (index: number): Json => ({ __input__: index });

/** The operation of this class on as many tensors as `count`, with this config. */
export function opLayer(className: string, config: Json = {}, args: Json = [input(0)]): OpLayer {
  const definition = { module: 'keras.src.ops.numpy', className, registeredName: className, config, args, kwargs: {} };
  return new OpLayer({ definition });
}

/** Runs the operation on these tensors, which are its positional arguments. */
export function runOp(className: string, tensors: readonly tf.Tensor[], config: Json = {}): tf.Tensor[] {
  const layer = opLayer(
    className,
    config,
    tensors.map((_, i) => input(i)),
  );
  return [layer.call([...tensors])].flat();
}
