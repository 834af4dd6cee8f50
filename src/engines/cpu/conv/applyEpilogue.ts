// Divides an epilogue into the part that a convolution kernel applies in registers, and a second pass for the rest.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Activation } from '../../../../kernels/activation.js';
import type { Conv } from '../../../../kernels/conv.js';
import type { Broadcast, Epilogue } from '../../../../kernels/epilogue.js';
import { activate, addBroadcast, prelu } from '../../../../kernels/wasm/elementwise/index.js';
import type { EpilogueTensors } from '../../../tfjs/convEngine.js';
import type { CpuBackend } from '../backend.js';
import type { WasmDevice } from '../runtime/device.js';

/** y = min(max(sum + bias[oc], low), high), or PReLU of sum + bias[oc] */
export interface InRegisters {
  readonly bias: boolean;
  /** Whether PReLU takes the place of the limits. */
  readonly slopes: boolean;
  readonly low: number;
  readonly high: number;
}

type Clamp = Pick<InRegisters, 'low' | 'high'>;

const unlimited: Clamp = { low: -Infinity, high: Infinity };
const clamps: Partial<Record<Activation, Clamp>> = {
  linear: unlimited,
  relu: { low: 0, high: Infinity },
  relu6: { low: 0, high: 6 },
};

/** The limits of an activation that is a clamp; undefined for any other. */
export function clampOf(activation: Activation): Clamp | undefined {
  return clamps[activation];
}

/**
 * The part of an epilogue that the kernel applies.
 *
 * @param appliesSlopes Whether the kernel can apply PReLU.
 */
export function inRegisters({ activation, bias, prelu: slopes }: Epilogue, appliesSlopes = false): InRegisters {
  const isFused = bias !== undefined && isPerChannel(bias);
  const needsOtherBias = bias !== undefined && !isFused;
  const clamp = needsOtherBias ? unlimited : (clampOf(activation) ?? unlimited);
  const isPrelu = appliesSlopes && !needsOtherBias && slopes !== undefined && isPerChannel(slopes);
  return { bias: isFused, slopes: activation === 'prelu' && isPrelu, low: clamp.low, high: clamp.high };
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

/** Applies the rest of the epilogue, in place. */
export function finishEpilogue(backend: CpuBackend, conv: Conv, { epilogue, fused, tensors, y }: Finish): void {
  const bias = fused.bias ? undefined : epilogue.bias;
  if (fused.slopes || (!bias && clampOf(epilogue.activation))) return;
  const device = backend.device as WasmDevice;
  const address = backend.toHeap(y);
  const { activation, leakyAlpha } = epilogue;
  if (bias && tensors.bias) {
    addBroadcast(device, { conv, y: address, operand: backend.toHeap(tensors.bias), strides: bias });
  }
  if (activation === 'prelu') {
    if (!epilogue.prelu || !tensors.prelu) throw new Error('epilogue: prelu needs its weights; received none');
    prelu(device, { conv, y: address, operand: backend.toHeap(tensors.prelu), strides: epilogue.prelu });
  } else {
    activate(device, { activation, leakyAlpha }, address, util.sizeFromShape(y.shape));
  }
}
