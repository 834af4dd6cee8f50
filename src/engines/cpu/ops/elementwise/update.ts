// FusedUpdate: a step of an optimizer for one variable. Variable and slots change where they are, if nobody else holds
// their values.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  inputsOf,
  lengthScale,
  measuresOf,
  type RuleName,
  resultsOf,
  scalarsOf,
} from '../../../../../kernels/update.js';
import { update as launch, resultArg } from '../../../../../kernels/wasm/elementwise/index.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import { UPDATE_KERNEL, type UpdateAttrs, type UpdateInputs } from '../../../../tfjs/updateAttrs.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, sizeOf } from '../cpuKernel.js';

/** All numbers of an update: the factor of the gradient with the limit of its length, and the rule's measures. */
export function numbersOf<N extends Record<string, number>>(
  backend: CpuBackend,
  inputs: UpdateInputs,
  attrs: UpdateAttrs,
  into: N,
): N {
  const { norm, scalars, common = scalars } = attrs;
  const { squares } = inputs;
  const numbers: Record<string, number> = into;
  for (const name of scalarsOf(attrs)) numbers[name] = scalars[name] ?? common[name];
  for (const name of measuresOf(attrs)) numbers[name] = numberOf(backend, inputs[name]);
  if (squares)
    numbers.factor *= lengthScale(
      norm,
      numberOf(backend, squares),
      numbers.factor,
      scalars.clipnorm ?? common.clipnorm,
    );
  return into;
}

function numberOf(backend: CpuBackend, { dataId }: TensorInfo): number {
  return (backend.data.get(dataId).values as Float32Array)[0];
}

type Args = Record<string, number> & { length: number };

/** The arguments of each rule's program, and the names of those for results: made once, since a step has many updates. */
const argsOf = new Map<RuleName, Args>();
const places: Record<string, string> = {};

export const updateKernel: NamedKernel = typedKernel<UpdateInputs, UpdateAttrs, CpuBackend>(
  UPDATE_KERNEL,
  ({ inputs, attrs, backend }) => {
    const { shape } = inputs.w;
    const args = numbersOf(backend, inputs, attrs, argsOf.get(attrs.rule) ?? ({ length: 0 } as Args));
    argsOf.set(attrs.rule, args);
    args.length = sizeOf(shape);
    for (const name of inputsOf(attrs)) args[name] = backend.toHeap(inputs[name]);
    const names = resultsOf(attrs);
    const results = names.map((name) => (inputs[name] && backend.reuse(inputs[name])) ?? backend.newTensor(shape));
    let isInPlace = false;
    for (let i = 0; i < names.length; i++) {
      const address = backend.toHeap(results[i]);
      places[names[i]] ??= resultArg(names[i]);
      args[places[names[i]]] = address;
      isInPlace ||= args[names[i]] === address;
    }
    launch(deviceOf(backend), attrs, args, isInPlace);
    return results;
  },
);
