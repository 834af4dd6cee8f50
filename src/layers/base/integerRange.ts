// Keras rounds what it computes of integer pixels, and keeps it within the range of their dtype. TensorFlow.js has one
// integer dtype, so the range is that which the file or `Input` has named for the tensor.
// Source: https://keras.io/api/ops/image/#resize-function, measured on Keras 3.6 and 3.15.

import { clipByValue, round, type Tensor } from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

const dtypes = new WeakMap<SymbolicTensor, string>();

/** Remembers Keras's dtype of a symbolic tensor of integers, of which TensorFlow.js has one dtype. */
export function noteKerasDtype(tensor: SymbolicTensor, dtype: unknown): void {
  if (typeof dtype === 'string' && isIntegerDtype(dtype)) dtypes.set(tensor, dtype);
}

/** The dtype that was noted of this tensor. */
export function notedDtype(tensor: SymbolicTensor): string | undefined {
  return dtypes.get(tensor);
}

/** Answers of dtypeOf(), so that a chain of calls is walked once. */
const found = new WeakMap<SymbolicTensor, string>();

/** 'uint8' or another dtype that Keras has for the tensor. What computes with integers gives the dtype of the first. */
function dtypeOf(tensor: SymbolicTensor): string {
  const walked: SymbolicTensor[] = [];
  let x = tensor;
  let known = dtypes.get(x) ?? found.get(x);
  while (known === undefined) {
    walked.push(x);
    const [before] = x.sourceLayer?.inboundNodes[x.nodeIndex]?.inputTensors ?? [];
    // The node of an input layer has its own tensor as its input.
    if (before === undefined || before === x || before.dtype !== 'int32' || x.dtype !== 'int32') break;
    x = before;
    known = dtypes.get(x) ?? found.get(x);
  }
  const dtype = known ?? x.dtype;
  for (const one of walked) found.set(one, dtype);
  return dtype;
}

/** The dtype that Keras has for the input of a layer's first call; '' before there is one. */
export function inputDtypeOf(layer: layers.Layer): string {
  const [input] = layer.inboundNodes[0]?.inputTensors ?? [];
  return input ? dtypeOf(input) : '';
}

/** Whether a dtype or a dtype policy names integers. */
export function isIntegerDtype(name: string): boolean {
  return /^u?int\d+$/.test(name);
}

/** Rounds half to even what was computed of integers, and clips it to the range of this dtype. */
export function asIntegers(x: Tensor, dtype: string): Tensor {
  const [, unsigned, bits] = /^(u?)int(8|16)$/.exec(dtype) ?? [];
  const rounded = round(x);
  if (bits === undefined) return rounded;
  const count = 2 ** Number(bits);
  const least = unsigned ? 0 : -count / 2;
  return clipByValue(rounded, least, least + count - 1);
}
