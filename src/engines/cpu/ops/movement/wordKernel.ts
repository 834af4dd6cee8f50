// Kernels that move values and compute nothing. Their programs move 4 bytes at a time, so booleans, of one byte each, are
// widened before and narrowed after.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { type FastArgs, fastKernel, sizeOf } from '../cpuKernel.js';
import { castTo } from '../elementwise/cast.js';

type Given<Inputs> = { readonly [K in keyof Inputs]: NonNullable<Inputs[K]> };

/** Makes a kernel. `kernelFunc` gets integers for booleans, and returns undefined as in fastKernel(). */
export function wordKernel<Inputs, Attrs = object>(
  kernelName: string,
  kernelFunc: (args: FastArgs<Given<Inputs>, Attrs>) => TensorInfo | TensorInfo[] | undefined,
): NamedKernel {
  return fastKernel<Inputs, Attrs>(kernelName, (args) => {
    const { inputs, backend } = args;
    if (!hasBooleans(inputs as unknown as Tensors)) return kernelFunc(args);
    const given = Object.entries(inputs as unknown as Tensors);
    if (given.some(([, { shape }]) => sizeOf(shape) === 0)) return undefined;
    const widened: TensorInfo[] = [];
    const words = given.map(([name, input]): [string, TensorInfo] => {
      if (input.dtype !== 'bool') return [name, input];
      const wide = castTo(backend, input, 'int32');
      widened.push(wide);
      return [name, wide];
    });
    const isList = Array.isArray(inputs);
    const wideInputs = isList ? words.map(([, input]) => input) : Object.fromEntries(words);
    const result = kernelFunc({ ...args, inputs: wideInputs as Given<Inputs> });
    const narrow = (wide: TensorInfo) => {
      widened.push(wide);
      return castTo(backend, wide, 'bool');
    };
    const narrowed = Array.isArray(result) ? result.map(narrow) : result && narrow(result);
    for (const { dataId } of widened) backend.disposeData(dataId);
    return narrowed;
  });
}

type Tensors = Readonly<Record<string, TensorInfo>>;

function hasBooleans(inputs: Tensors): boolean {
  for (const name in inputs) if (inputs[name].dtype === 'bool') return true;
  return false;
}
