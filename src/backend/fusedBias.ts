// tf.fused.depthwiseConv2d in NCHW while a gradient is recorded: with an activation TensorFlow.js computes it from single
// ops, and adds the bias along the width instead of the channels. Where both have the same size nobody would notice, so
// the addition throws.

import { engine, type KernelConfig, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import type { NamedKernel } from '../tfjs/registry.js';

type Kernel = NamedKernel | KernelConfig;

let lastNchw: object | undefined;

/** Called by the depthwise kernel with its result where that is NCHW. */
export function noteDepthwiseNchw({ dataId }: TensorInfo): void {
  lastNchw = dataId;
}

/** Makes `Add` of a list refuse that bias. */
export function withFusedBiasCheck(kernels: readonly Kernel[]): Kernel[] {
  return kernels.map((kernel) => {
    return kernel.kernelName === 'Add' ? { ...kernel, kernelFunc: checked(kernel.kernelFunc) } : kernel;
  });
}

function checked(add: KernelFunc): KernelFunc {
  return (args) => {
    if (lastNchw) checkBias(args.inputs as unknown as Record<'a' | 'b', TensorInfo>);
    return add(args);
  };
}

function checkBias({ a, b }: Record<'a' | 'b', TensorInfo>): void {
  const isResult = a.dataId === lastNchw;
  lastNchw = undefined;
  if (!isResult || b.shape.length !== 1 || b.shape[0] === 1 || !isInFusedOp()) return;
  const rule =
    'TensorFlow.js adds the bias along the width in NCHW while it records a gradient, if there is an activation; ' +
    'use fused.groupConv2d, or NHWC';
  check(false, 'fused.depthwiseConv2d', rule, { dataFormat: 'NCHW', 'bias.shape': b.shape });
}

/** Whether the kernel runs on behalf of TensorFlow.js's op. An op opens a scope of its own name. */
function isInFusedOp(): boolean {
  const { scopeStack } = engine().state as unknown as { scopeStack: readonly { readonly name: string }[] };
  return scopeStack.some(({ name }) => name.startsWith('fusedDepthwiseConv2d'));
}
