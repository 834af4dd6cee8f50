// The one typed wrapper around TensorFlow.js's kernel registry, whose own types know neither inputs nor attributes.

import {
  type GradConfig,
  getKernelsForBackend,
  type KernelBackend,
  type KernelConfig,
  type KernelFunc,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
  unregisterGradient,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

export interface KernelArgs<Inputs, Attrs, B extends KernelBackend = KernelBackend> {
  readonly inputs: Inputs;
  readonly attrs: Attrs;
  readonly backend: B;
}

export interface NamedKernel {
  readonly kernelName: string;
  readonly kernelFunc: KernelFunc;
}

/** A kernel whose function knows the types of what it is given. */
export function typedKernel<Inputs, Attrs, B extends KernelBackend>(
  kernelName: string,
  kernelFunc: (args: KernelArgs<Inputs, Attrs, B>) => TensorInfo | TensorInfo[],
): NamedKernel {
  return { kernelName, kernelFunc: kernelFunc as unknown as KernelFunc };
}

/** The functions that wrapped ones call. */
const within = new WeakMap<KernelFunc, KernelFunc>();

/** A kernel with another function, which calls the kernel's own. */
export function wrapKernel<K extends NamedKernel | KernelConfig>(kernel: K, kernelFunc: KernelFunc): K {
  within.set(kernelFunc, kernel.kernelFunc);
  return { ...kernel, kernelFunc };
}

/** The function that a kernel had before it was wrapped. */
export function unwrapKernel(kernelFunc: KernelFunc): KernelFunc {
  const inner = within.get(kernelFunc);
  return inner ? unwrapKernel(inner) : kernelFunc;
}

/**
 * Makes `kernels` the whole set of a backend name. Kernels that were there go first: a removed backend leaves none
 * behind, and TensorFlow.js warns of no replaced kernel. The later of two kernels with one name wins.
 */
export function replaceKernels(backendName: string, kernels: readonly (NamedKernel | KernelConfig)[]): void {
  for (const { kernelName } of getKernelsForBackend(backendName)) unregisterKernel(kernelName, backendName);
  const byName = new Map(kernels.map((kernel) => [kernel.kernelName, kernel]));
  for (const kernel of byName.values()) registerKernel({ ...kernel, backendName });
}

export type TypedGradient<Attrs> = Omit<GradConfig, 'gradFunc'> & {
  readonly gradFunc: (dy: Tensor, saved: Tensor[], attrs: Attrs) => Record<string, () => Tensor>;
};

/** Registers a gradient in place of the one there is, without TensorFlow.js's warning. */
export function replaceGradient<Attrs>(gradient: TypedGradient<Attrs>, present: boolean): void {
  if (present) unregisterGradient(gradient.kernelName);
  registerGradient(gradient as unknown as GradConfig);
}

const convnetNames = new Set<string>();

/** Remembers a backend name as one of ours. */
export function markConvnet(backendName: string): void {
  convnetNames.add(backendName);
}

/** Whether the kernels under this name are ours, so that every convolution gradient is native. */
export function isConvnet(backendName: string): boolean {
  return convnetNames.has(backendName);
}
