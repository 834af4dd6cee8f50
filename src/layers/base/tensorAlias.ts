// A layer that only copies. tfjs's executor counts the readers of a tensor by layer: one that reads a tensor twice, as in
// x*x, makes it dispose of the tensor while others still need it. The second reading goes through an alias; files know
// nothing of it.

import type { Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

export class TensorAlias extends layers.Layer {
  static readonly className = 'TensorAlias';

  override call(inputs: Tensor | Tensor[]): Tensor {
    return (Array.isArray(inputs) ? inputs[0] : inputs).clone();
  }
}
