// The tensors that a kernel is given.

import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Kernels take tensors by name, lists of tensors by name, or a list. */
export type KernelInputs =
  | Readonly<Record<string, TensorInfo | readonly TensorInfo[] | undefined>>
  | readonly TensorInfo[];

/** The same inputs with other tensors. What is no tensor, such as a picture, stays. */
export function mapInputs(inputs: KernelInputs, map: (tensor: TensorInfo) => TensorInfo): KernelInputs {
  const mapOne = (input: TensorInfo) => (isTensor(input) ? map(input) : input);
  if (isList(inputs)) return inputs.map(mapOne);
  const entries = Object.entries(inputs).map(([name, input]) => {
    return [name, isList(input) ? input.map(mapOne) : input && mapOne(input)] as const;
  });
  return Object.fromEntries(entries);
}

/** All inputs; some may be none of tensors, such as a picture. */
export function listInputs(inputs: KernelInputs): readonly object[] {
  const all = isList(inputs) ? inputs : Object.values(inputs).flat();
  return all.filter((input): input is TensorInfo => input != null);
}

export function isTensor(input: object): input is TensorInfo {
  return 'dataId' in input;
}

function isList<T>(inputs: T | readonly TensorInfo[]): inputs is readonly TensorInfo[] {
  return Array.isArray(inputs);
}
