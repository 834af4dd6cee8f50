// FusedUpdate: a step of an optimizer for one variable. Variable and slots change where they are, if nobody else holds
// their values.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { inputsOf, lengthScale, measuresOf, resultsOf } from '../../../../../kernels/update.js';
import { update as launch } from '../../../../../kernels/wasm/elementwise/index.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import { UPDATE_KERNEL, type UpdateAttrs, type UpdateInputs } from '../../../../tfjs/updateAttrs.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, sizeOf } from '../cpuKernel.js';

/** All numbers of an update: the factor of the gradient with the limit of its length, and the rule's measures. */
export function numbersOf(backend: CpuBackend, inputs: UpdateInputs, attrs: UpdateAttrs): UpdateAttrs['scalars'] {
  const { norm, scalars } = attrs;
  const numberOf = ({ dataId }: TensorInfo) => (backend.data.get(dataId).values as Float32Array)[0];
  const { squares } = inputs;
  const scale = squares ? lengthScale(norm, numberOf(squares), scalars.factor, scalars.clipnorm) : 1;
  const measures = measuresOf(attrs).map((name) => [name, numberOf(inputs[name])]);
  return { ...scalars, ...Object.fromEntries(measures), factor: scalars.factor * scale };
}

export const updateKernel: NamedKernel = typedKernel<UpdateInputs, UpdateAttrs, CpuBackend>(
  UPDATE_KERNEL,
  ({ inputs, attrs, backend }) => {
    const { shape } = inputs.w;
    const scalars = numbersOf(backend, inputs, attrs);
    const addresses = Object.fromEntries(inputsOf(attrs).map((name) => [name, backend.toHeap(inputs[name])]));
    const results = resultsOf(attrs).map((name): readonly [string, TensorInfo] => {
      const input = inputs[name];
      return [name, (input && backend.reuse(input)) ?? backend.newTensor(shape)];
    });
    launch(deviceOf(backend), attrs, {
      inputs: addresses,
      results: Object.fromEntries(results.map(([name, info]) => [name, backend.toHeap(info)])),
      scalars,
      length: sizeOf(shape),
    });
    return results.map(([, info]) => info);
  },
);
