// A layer that copies its input. tfjs's executor counts the readers of a tensor by layer: if one layer reads a tensor
// twice, as in x*x, the executor disposes the tensor while others still need it. So the second reading goes through an
// alias. Keras's files do not contain aliases.

import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { maskOf, setMask } from './masks.js';

/** The identity, also in its mask. Input and output: any shape and dtype. */
export class TensorAlias extends layers.Layer {
  static readonly className = 'TensorAlias';

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [x] = [inputs].flat();
    const copy = x.clone();
    setMask(copy, maskOf(x));
    return copy;
  }
}

/** The tensor behind its aliases; any other tensor itself. */
export function withoutAlias(tensor: SymbolicTensor): SymbolicTensor {
  const { sourceLayer, nodeIndex } = tensor;
  return sourceLayer instanceof TensorAlias
    ? withoutAlias(sourceLayer.inboundNodes[nodeIndex].inputTensors[0])
    : tensor;
}
