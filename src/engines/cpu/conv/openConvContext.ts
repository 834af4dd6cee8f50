// The convolution kernels' context of a backend, made when the backend starts.

import { type ConvContext, makeContext } from '../../../../kernels/wasm/index.js';
import { readFlag } from '../../../tfjs/flags.js';
import type { CpuBackend } from '../backend.js';
import type { WasmDevice } from '../runtime/device.js';

const contexts = new WeakMap<WasmDevice, ConvContext>();

/** Of a backend that has a device. */
export function openConvContext({ device }: CpuBackend): ConvContext {
  const key = device as WasmDevice;
  const context = contexts.get(key) ?? makeContext(key, () => readFlag('CONVNET_WINOGRAD'));
  contexts.set(key, context);
  return context;
}
