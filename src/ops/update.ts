// One step of an optimizer for one variable, as one kernel where the backend is ours, and composed of TensorFlow.js's
// kernels elsewhere. kernels/update.ts has the rules.

import {
  abs,
  add,
  backend,
  div,
  engine,
  getBackend,
  getKernel,
  type KernelBackend,
  maximum,
  minimum,
  mul,
  type NamedTensorMap,
  pow,
  registerKernel,
  sign,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { type Arithmetic, type NormLimit, resultsOf, updated } from '../../kernels/update.js';
import { type NamedKernel, typedKernel } from '../tfjs/registry.js';
import {
  ADAFACTOR_KERNEL,
  type AdafactorAttrs,
  SUM_SQUARES_KERNEL,
  UPDATE_KERNEL,
  type UpdateAttrs,
} from '../tfjs/updateAttrs.js';

type Value = Tensor | number;

/** Numbers stay numbers until they meet a tensor. */
const tensors: Arithmetic<Value> = {
  add: (a, b) => (b === 0 ? a : add(a, b)),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => (b === 1 ? a : mul(a, b)),
  div: (a, b) => div(a, b),
  max: (a, b) => maximum(a, b),
  min: (a, b) => minimum(a, b),
  abs: (a) => abs(a),
  sqrt: (a) => sqrt(a),
  pow: (a, power) => pow(a, power),
  // The sign of NaN is 0 to TensorFlow.js. The lesser of a magnitude and 0 is 0, or NaN.
  sign: (a) => add(sign(a as Tensor), minimum(abs(a as Tensor), 0)),
};

/** The results of an update, each a new tensor. */
export function composedUpdate(inputs: NamedTensorMap, { rule, isCut, norm, ...numbers }: UpdateAttrs): Tensor[] {
  return tidy(() => {
    const scalars = { ...numbers.common, ...numbers.scalars };
    const { squares, g: given } = inputs;
    const g = squares
      ? mul(given, lengthScaleOf(norm, squares, scalars as Record<'factor' | 'clipnorm', number>))
      : given;
    const results = updated<Value>(tensors, { rule, isCut }, { ...scalars, ...inputs, g });
    // A result that is an input as it was must be a tensor of its own.
    return resultsOf({ rule }).map((name) => {
      const value = results[name] as Tensor;
      return Object.values(inputs).includes(value) ? value.clone() : value;
    });
  });
}

/** As `lengthScale` of kernels/update.ts. */
export function lengthScaleOf(
  norm: NormLimit,
  squares: Tensor,
  { factor, clipnorm }: Readonly<Record<'factor' | 'clipnorm', number>>,
): Tensor {
  const length = mul(sqrt(squares), Math.abs(factor));
  const scale = div(clipnorm, maximum(length, clipnorm));
  return norm === 'all' ? add(scale, sub(length, length)) : scale;
}

const composed = typedKernel<NamedTensorMap, UpdateAttrs, KernelBackend>(UPDATE_KERNEL, ({ inputs, attrs }) =>
  composedUpdate(inputs, attrs),
);

interface SumAttrs {
  readonly axis: number[];
}

const composedSumSquares = typedKernel<NamedTensorMap, SumAttrs, KernelBackend>(
  SUM_SQUARES_KERNEL,
  ({ inputs: { x }, attrs: { axis } }) => tidy(() => sum(square(x), axis)),
);

/** Kernels by the backends that are known to have them. */
const ensured = new WeakMap<KernelBackend, Set<NamedKernel>>();

/** Registers a kernel with the current backend, unless it has one of that name. */
function ensureKernel(kernel: NamedKernel): void {
  const current = backend(); // chooses one, if none is active yet
  const kernels = ensured.get(current);
  if (kernels?.has(kernel)) return;
  const backendName = getBackend();
  if (getKernel(kernel.kernelName, backendName) == null) registerKernel({ ...kernel, backendName });
  ensured.set(current, new Set(kernels).add(kernel));
}

/** The sum of the squares along some axes. Default: all. */
export function sumSquares(x: Tensor, axis: number[] = x.shape.map((_, i) => i)): Tensor {
  if (x.size === 0) return sum(square(x), axis);
  ensureKernel(composedSumSquares);
  return engine().runKernel(SUM_SQUARES_KERNEL, { x }, { axis } as never) as Tensor;
}

/**
 * A step of Adafactor as one kernel: the variable, the means of rows and columns where they are given, and the mean squares,
 * as `update` gives results. Null where the backend has no such kernel, and for a variable without values.
 */
export function adafactorUpdate(inputs: NamedTensorMap, attrs: AdafactorAttrs): Tensor[] | null {
  if (inputs.w.size === 0 || getKernel(ADAFACTOR_KERNEL, getBackend()) == null) return null;
  return engine().runKernel(ADAFACTOR_KERNEL, inputs, attrs as never) as unknown as Tensor[];
}

export interface Update extends UpdateAttrs {
  /** `w`, `g`, slots and measures of the rule by name; `squares`, a scalar, where a norm is limited. */
  readonly inputs: NamedTensorMap;
}

/**
 * What becomes of a variable and its slots: new tensors in the order of `resultsOf`. A backend of ours may hand back an
 * input's data, changed, where nobody else holds them: assign the results to the variables that were the inputs.
 */
export function update({ inputs, rule, isCut, norm, scalars, common }: Update): Tensor[] {
  const attrs: UpdateAttrs = { rule, isCut, norm, scalars, common };
  ensureKernel(composed);
  return engine().runKernel(UPDATE_KERNEL, inputs, attrs as never) as unknown as Tensor[];
}
