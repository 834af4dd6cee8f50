// The dtype that Keras records for each tensor of a graph, though this package computes all in float32. Keras does not
// read it back, so it matters only to people and tools that look at the file.

import { LayersModel, type layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { notedDtype } from '../../layers/base/integerRange.js';
import { KerasLayer } from '../../layers/base/kerasLayer.js';
import { withoutAlias } from '../../layers/base/tensorAlias.js';
import { tensorsOfCall } from '../../layers/graph/modelGraph.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { isInputLayer } from '../graph/layerOrder.js';
import { originConfig } from '../graph/origins.js';

type Layer = layers.Layer;

const comparisons = /^(Greater|Less|Equal|NotEqual|Logical|Is|All$|AllClose|Any$|Signbit|InTopK)/;
const indices = /^(Arg|Nanarg|ShapeOp|SearchSorted|Digitize|CountNonzero|Nonzero|UnravelIndex|MatrixRank|Ndim|Size$)/;
/** From the narrowest to the widest. The output of an operation has the widest type of its inputs. */
const widths = ['bool', 'uint8', 'int8', 'int32', 'int64', 'float16', 'bfloat16', 'float32', 'float64'];

/**
 * Makes a function that gives the dtype of a tensor. It remembers its answers, since each depends on those before it.
 */
export function dtypeReader(): (tensor: SymbolicTensor) => string {
  const known = new Map<SymbolicTensor, string>();
  function dtypeOf(given: SymbolicTensor): string {
    const tensor = withoutAlias(given);
    const found = known.get(tensor) ?? compute(tensor);
    known.set(tensor, found);
    return found;
  }
  function compute(tensor: SymbolicTensor): string {
    const layer: Layer = tensor.sourceLayer;
    if (isInputLayer(layer)) return inputDtype(layer, tensor);
    if (layer instanceof LayersModel) return dtypeOf(layer.outputs[tensor.tensorIndex] ?? layer.outputs[0]);
    if (layer instanceof OpLayer) return opDtype(layer, tensor, dtypeOf);
    return layer instanceof KerasLayer ? computeDtype(layer.dtypePolicy.name) : 'float32';
  }
  return dtypeOf;
}

/** The type in which a layer of this dtype policy computes: mixed_float16 and int8_from_mixed_float16 -> float16 */
export function computeDtype(policy: string): string {
  return policy.replace(/^.*_from_/, '').replace(/^mixed_/, '');
}

/** The dtype of an input layer: that of its file or of `Input`, else the tensor's. */
export function inputDtype(layer: Layer, tensor: SymbolicTensor): string {
  const inFile = originConfig(layer).dtype;
  return typeof inFile === 'string' ? inFile : (notedDtype(tensor) ?? tensor.dtype);
}

function opDtype(layer: OpLayer, tensor: SymbolicTensor, dtypeOf: (tensor: SymbolicTensor) => string): string {
  const { class_name: name, config } = layer.definition;
  const { dtype } = config as { readonly dtype?: unknown };
  if (typeof dtype === 'string') return dtype;
  if (comparisons.test(name)) return 'bool';
  if (indices.test(name)) return 'int32';
  const inputs = tensorsOfCall(layer.inboundNodes[tensor.nodeIndex]).map(dtypeOf);
  const used = name === 'Where' ? inputs.slice(1) : inputs;
  const widest = Math.max(...used.map((input) => widths.indexOf(input)));
  return widths[widest] ?? 'float32';
}
