// A tensor of a call beside the layer's own inputs, such as a mask.

import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { LayerNode } from './callTemplates.js';

/**
 * Makes a tensor part of a call beside the layer's own inputs, so that the model knows the layers that make it. A node of
 * TensorFlow.js has no such place: its lists are extended.
 */
export function addInput(node: LayerNode, tensor: SymbolicTensor): void {
  const { sourceLayer, nodeIndex, tensorIndex } = tensor;
  node.inboundLayers.push(sourceLayer);
  node.nodeIndices.push(nodeIndex);
  node.tensorIndices.push(tensorIndex);
  node.inputTensors.push(tensor);
  sourceLayer.outboundNodes.push(node);
}
