// FusedUpdate in plain loops, for the engine without WebAssembly SIMD.

import { update } from '../../../../kernels/js/index.js';
import { inputsOf } from '../../../../kernels/update.js';
import { type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import { UPDATE_KERNEL, type UpdateAttrs, type UpdateInputs } from '../../../tfjs/updateAttrs.js';
import type { CpuBackend } from '../backend.js';
import { numbersOf } from './elementwise/update.js';

export const plainUpdate: NamedKernel = typedKernel<UpdateInputs, UpdateAttrs, CpuBackend>(
  UPDATE_KERNEL,
  ({ inputs, attrs, backend }) => {
    const valuesOf = (name: string) => backend.data.get(inputs[name].dataId).values as Float32Array;
    const values = Object.fromEntries(inputsOf(attrs).map((name) => [name, valuesOf(name)]));
    const scalars = numbersOf(backend, inputs, attrs, {});
    const { shape } = inputs.w;
    return update(attrs, values, scalars).map((result) => backend.makeTensorInfo([...shape], 'float32', result));
  },
);
