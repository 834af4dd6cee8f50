// The gradient of relu, in one pass where TensorFlow.js takes two.

import { cast, engine, getBackend, getKernel, mul, step, type Tensor } from '@tensorflow/tfjs-core';
import { RELU_GRAD_KERNEL } from '../tfjs/ownKernelNames.js';
import { type Gradient, replaceOnConvnet } from './onConvnet.js';

/** dy where x > 0, NaN where x is, and 0 elsewhere; of operations where a gradient of it is recorded, or the backend has no such kernel. */
export function reluGradient(dy: Tensor, x: Tensor): Tensor {
  const isRecorded = engine().state.gradientDepth > 0;
  if (isRecorded || x.dtype !== 'float32' || getKernel(RELU_GRAD_KERNEL, getBackend()) == null) {
    return mul(dy, cast(step(x), 'float32'));
  }
  return engine().runKernel(RELU_GRAD_KERNEL, { dy, x });
}

const gradient = {
  kernelName: 'Relu',
  inputsToSave: ['x'],
  gradFunc: (dy: Tensor, [x]: Tensor[]) => ({ x: () => reluGradient(dy, x) }),
} as unknown as Gradient;

/** Puts it in the place of TensorFlow.js's, which stays in charge on other backends. */
export function installReluGradients(): void {
  replaceOnConvnet('Relu', () => gradient);
}
