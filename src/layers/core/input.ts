// The symbolic tensor with which a functional model begins. Source: https://keras.io/api/layers/core_layers/input/

import type { Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { namedInput } from '../base/anyName.js';
import { autoName } from '../base/autoName.js';
import { noteKerasDtype } from '../base/integerRange.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** The arguments of Keras's Input. */
export interface InputArgs {
  /** Shape of one example; null where a size is not fixed. Either this or `batchShape` is required. */
  shape?: Shape;
  /** Number of examples in a batch. Default null: any. */
  batchSize?: number | null;
  /** `shape` with the batch size in front. */
  batchShape?: Shape;
  /**
   * Any dtype of Keras. Default 'float32'. TensorFlow.js has one float and one integer type, which hold the narrower
   * ones too: 'float16' gives 'float32', and 'uint8' or 'int64' gives 'int32'.
   */
  dtype?: string;
  /** Name of the input layer, and the key under which the model takes this input. Default: 'input_layer', numbered. */
  name?: string;
}

/**
 * Makes a symbolic tensor [batch, ...shape]. Layers are called on it with `layer.apply(x)`, and `model({ inputs, outputs })`
 * makes a model from the result.
 * Source: https://keras.io/api/layers/core_layers/input/
 *
 * @throws ValueError without a shape, with both forms of it, for sizes below 0 and for unknown dtypes.
 */
export function input(args: InputArgs): SymbolicTensor {
  const { shape, batchSize = null, batchShape, dtype = 'float32', name = autoName('InputLayer') } = args;
  if (!shape && !batchShape) throw new KerasValueError('You must pass a `shape` argument.');
  if (shape && batchShape) {
    throw new KerasValueError('You cannot pass both `shape` and `batch_shape` at the same time.');
  }
  const full = batchShape ?? [batchSize, ...(shape as Shape)];
  if (!full.every((size) => size === null || (Number.isInteger(size) && size >= 0))) {
    throw new KerasValueError(`Cannot convert '${showValue(shape ?? batchShape)}' to a shape.`);
  }
  const tensor = namedInput({ batchShape: full, dtype: tfjsDtype(dtype), name });
  noteKerasDtype(tensor, dtype);
  return tensor;
}

function tfjsDtype(dtype: string): 'float32' | 'int32' | 'bool' | 'string' {
  if (/^(bfloat16|float(16|32|64))$/.test(dtype)) return 'float32';
  if (/^u?int(8|16|32|64)$/.test(dtype)) return 'int32';
  if (dtype === 'bool' || dtype === 'string') return dtype;
  throw new KerasValueError(`Input: Invalid dtype. Received: dtype=${showValue(dtype)}`);
}
