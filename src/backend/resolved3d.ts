// Checks the attributes of pooling and convolution in three dimensions before an official kernel sees them. With `same`
// padding and strides above the window TensorFlow.js pads by a negative number there, and reads pixels beside those
// that the window covers. Where other dimensions are padded, convolutions get volumes that have their padding already.

import type { KernelBackend, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';

type Kernel = NamedKernel | KernelConfig;
type Triple = readonly [number, number, number];

interface Attrs {
  readonly filterSize: number | Triple;
  readonly strides: number | Triple;
  readonly dilations?: number | Triple;
  readonly pad: 'valid' | 'same' | number;
  readonly filterShape: readonly number[];
  readonly inputShape: readonly number[];
}

interface Window {
  /** [batch, depth, height, width, channels] */
  readonly xShape: readonly number[];
  readonly size: number | Triple;
}

type WindowOf = (inputs: Readonly<Record<string, TensorInfo>>, attrs: Attrs) => Window;

const pooling =
  (images: string): WindowOf =>
  (inputs, { filterSize }) => ({ xShape: inputs[images].shape, size: filterSize });

const firstThree = (shape: readonly number[]) => shape.slice(0, 3) as unknown as Triple;

const windows: Readonly<Record<string, WindowOf>> = {
  MaxPool3D: pooling('x'),
  AvgPool3D: pooling('x'),
  MaxPool3DGrad: pooling('input'),
  AvgPool3DGrad: pooling('input'),
  Conv3D: ({ x, filter }) => ({ xShape: x.shape, size: firstThree(filter.shape) }),
  Conv3DBackpropFilterV2: ({ x }, { filterShape }) => ({ xShape: x.shape, size: firstThree(filterShape) }),
  Conv3DBackpropInputV2: ({ filter }, { inputShape }) => ({ xShape: inputShape, size: firstThree(filter.shape) }),
};

type Pairs = readonly (readonly [number, number])[];

/** Moves volumes into larger ones and back. */
interface Movers {
  readonly pad: KernelFunc;
  readonly slice: KernelFunc;
}

/** Replaces the kernels of three dimensions in a list by kernels that check their attributes first. */
export function withResolved3d(kernels: readonly Kernel[]): Kernel[] {
  const last = (name: string) =>
    kernels.filter(({ kernelName }) => kernelName === name).at(-1)?.kernelFunc as KernelFunc;
  const movers = { pad: last('PadV2'), slice: last('Slice') };
  return kernels.map((kernel) => {
    const windowOf = windows[kernel.kernelName];
    if (!windowOf) return kernel;
    return wrapKernel(kernel, resolved(kernel.kernelName, windowOf, kernel.kernelFunc, movers));
  });
}

function resolved(where: string, windowOf: WindowOf, kernelFunc: KernelFunc, movers: Movers): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const given = attrs as unknown as Attrs;
    const { xShape, size } = windowOf(inputs as unknown as Record<string, TensorInfo>, given);
    const pad = padOf(where, { xShape, size }, given);
    if (!Array.isArray(pad)) return kernelFunc({ inputs, attrs: { ...attrs, pad: pad as never }, backend });
    const args = { inputs, attrs: { ...attrs, pad: 'valid' }, backend };
    return padded(args, xShape, [[0, 0], ...(pad as Pairs), [0, 0]], kernelFunc, movers);
  };
}

/** The kernel without padding, between volumes that have it. */
function padded(
  { inputs, attrs, backend }: Parameters<KernelFunc>[0],
  xShape: readonly number[],
  pairs: Pairs,
  kernelFunc: KernelFunc,
  { pad, slice }: Movers,
): TensorInfo {
  const free = ({ dataId }: TensorInfo) => void (backend as KernelBackend).disposeData(dataId);
  const { x } = inputs as { readonly x?: TensorInfo };
  if (x) {
    const paddings = pairs.map((pair) => [...pair]);
    const whole = pad({ inputs: { x }, attrs: { paddings, constantValue: 0 }, backend }) as TensorInfo;
    const y = kernelFunc({ inputs: { ...inputs, x: whole }, attrs, backend }) as TensorInfo;
    free(whole);
    return y;
  }
  const inputShape = xShape.map((side, axis) => side + pairs[axis][0] + pairs[axis][1]);
  const whole = kernelFunc({ inputs, attrs: { ...attrs, inputShape }, backend }) as TensorInfo;
  const part = { begin: pairs.map(([before]) => before), size: [...xShape] };
  const dx = slice({ inputs: { x: whole }, attrs: part, backend }) as TensorInfo;
  free(whole);
  return dx;
}

/** The padding with which TensorFlow.js computes what TensorFlow defines, or that of each dimension. */
function padOf(where: string, { xShape, size }: Window, { strides, dilations = 1, pad }: Attrs): Attrs['pad'] | Pairs {
  const window = positiveTriple(where, 'filterSize', size);
  const steps = positiveTriple(where, 'strides', strides);
  const gaps = positiveTriple(where, 'dilations', dilations);
  if (pad !== 'same') return pad; // a window that does not fit gives an empty output
  const sizes = xShape.slice(1, 4);
  const spans = window.map((k, i) => (k - 1) * gaps[i] + 1);
  // What the windows cover beyond the image, or below 0 what they leave out at its end.
  const beyond = sizes.map((inSize, i) => (Math.ceil(inSize / steps[i]) - 1) * steps[i] + spans[i] - inSize);
  if (beyond.every((count) => count >= 0)) return pad;
  if (beyond.every((count) => count <= 0)) return 'valid'; // of the same output size, and nothing is padded
  // The padding of a pool is no value, which no volume can have.
  const rule = "strides above the window in one dimension, with padding in another, cannot be computed with pad 'same'";
  check(where.startsWith('Conv'), where, rule, { 'x.shape': xShape, window: size, strides });
  return beyond.map((count) => {
    const before = Math.floor(Math.max(0, count) / 2);
    return [before, Math.max(0, count) - before] as const;
  });
}

function positiveTriple(where: string, name: string, value: number | Triple): Triple {
  const triple = typeof value === 'number' ? ([value, value, value] as const) : value;
  const isValid = triple.length === 3 && triple.every((v) => Number.isInteger(v) && v >= 1);
  check(isValid, where, `${name} must be a positive integer or three of them`, { [name]: value });
  return triple;
}
