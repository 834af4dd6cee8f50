// Bias and activation: what a convolution kernel does while the sums are in registers, and what is left for a second pass.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { applyEpilogue } from '../../kernels/js/index.js';
import type { Broadcast, Conv, Epilogue } from '../../kernels/types.js';
import type { EpilogueTensors } from '../host/engine.js';
import type { CpuBackend } from './backend.js';
import type { WasmDevice } from './device.js';

/** y = min(max(sum + bias[oc], low), high) */
export interface InRegisters {
  readonly bias: boolean;
  readonly low: number;
  readonly high: number;
}

const limits: Partial<Record<Epilogue['activation'], readonly [number, number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

export function inRegisters({ activation, bias }: Epilogue): InRegisters {
  const isFused = bias !== undefined && isPerChannel(bias);
  const needsOtherBias = bias !== undefined && !isFused;
  const [low, high] = (!needsOtherBias && limits[activation]) || [-Infinity, Infinity];
  return { bias: isFused, low, high };
}

function isPerChannel({ strideN, strideY, strideX, strideC }: Broadcast): boolean {
  return strideN === 0 && strideY === 0 && strideX === 0 && strideC === 1;
}

export interface Finish {
  readonly epilogue: Epilogue;
  readonly fused: InRegisters;
  readonly tensors: EpilogueTensors;
  readonly y: TensorInfo;
}

/** The rest of the epilogue, in place. */
export function finishEpilogue(backend: CpuBackend, conv: Conv, { epilogue, fused, tensors, y }: Finish): void {
  const bias = fused.bias ? undefined : epilogue.bias;
  const isDone = bias === undefined && limits[epilogue.activation] !== undefined;
  if (isDone) return;
  const { heap } = backend.device as WasmDevice;
  const view = (info: TensorInfo) =>
    heap.floats(
      backend.addressOf(info),
      info.shape.reduce((product, size) => product * size, 1),
    );
  if (tensors.bias) backend.addressOf(tensors.bias);
  if (tensors.prelu) backend.addressOf(tensors.prelu);
  applyEpilogue(conv, { ...epilogue, bias }, view(y), {
    bias: tensors.bias && view(tensors.bias),
    prelu: tensors.prelu && view(tensors.prelu),
  });
}
