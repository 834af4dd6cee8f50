// Makes a backend's context of the convolution kernels when the backend starts.

import { type ConvContext, makeContext } from '../../../../kernels/wasm/index.js';
import { readFlag } from '../../../tfjs/flags.js';
import type { CpuBackend } from '../backend.js';
import type { WasmDevice } from '../runtime/device.js';

const contexts = new WeakMap<WasmDevice, ConvContext>();

/** The context of a backend with a device. The first call times register tiles. */
export function openConvContext({ device }: CpuBackend): ConvContext {
  const key = device as WasmDevice;
  const known = contexts.get(key);
  if (known) return known;
  const context = makeContext(key, () => readFlag('CONVNET_WINOGRAD'));
  contexts.set(key, context);
  return context;
}
