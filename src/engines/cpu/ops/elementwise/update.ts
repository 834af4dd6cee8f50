// FusedUpdate: a step of an optimizer for one variable. Variable and slots change where they are, if nobody else holds
// their values.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { inputsOf, lengthScale, resultsOf } from '../../../../../kernels/update.js';
import { update as launch } from '../../../../../kernels/wasm/elementwise/index.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import { UPDATE_KERNEL, type UpdateAttrs, type UpdateInputs } from '../../../../tfjs/updateAttrs.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, sizeOf } from '../cpuKernel.js';

/** The factor of the gradient, with the limit of its length. */
export function factorOf(backend: CpuBackend, { squares }: UpdateInputs, { norm, scalars }: UpdateAttrs): number {
  if (!squares) return scalars.factor;
  const [sum] = backend.data.get(squares.dataId).values as Float32Array;
  return scalars.factor * lengthScale(norm, sum, scalars.factor, scalars.clipnorm);
}

export const updateKernel: NamedKernel = typedKernel<UpdateInputs, UpdateAttrs, CpuBackend>(
  UPDATE_KERNEL,
  ({ inputs, attrs, backend }) => {
    const { shape } = inputs.w;
    const factor = factorOf(backend, inputs, attrs);
    const addresses = Object.fromEntries(inputsOf(attrs).map((name) => [name, backend.toHeap(inputs[name])]));
    const results = resultsOf(attrs).map((name): readonly [string, TensorInfo] => {
      const input = inputs[name];
      return [name, (input && backend.reuse(input)) ?? backend.newTensor(shape)];
    });
    launch(deviceOf(backend), attrs, {
      inputs: addresses,
      results: Object.fromEntries(results.map(([name, info]) => [name, backend.toHeap(info)])),
      scalars: { ...attrs.scalars, factor },
      length: sizeOf(shape),
    });
    return results.map(([, info]) => info);
  },
);
