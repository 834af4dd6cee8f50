// Decides whether V8 revectorizes: whether it combines vectors into ones of 256 bits (flag CONVNET_REVEC). It has to
// give the right result, and be faster.

import { revecTile, timeTile } from '../../../../kernels/wasm/conv/tiles.js';
import type { Features } from '../../../../kernels/wasm/emit/index.js';
import { nodeArch, nodeMajor } from '../../../core/platform.js';
import { WasmDevice } from './device.js';
import { testRevec } from './testRevec.js';

/** The first Node version whose V8 can. */
const firstNode = 24;
/** A smaller gain means that the engine has not combined the vectors. */
const gain = 1.2;

/** Compares the results and times of a small product with and without 256-bit vectors. */
export function detectRevec(features: Features): boolean {
  if (nodeMajor() < firstNode || nodeArch() !== 'x64') return false;
  const time = (revec: boolean) => {
    const device = new WasmDevice({ ...features, revec });
    try {
      return timeTile(device, revecTile);
    } finally {
      device.close();
    }
  };
  try {
    return testRevec(features.fma) && time(true) * gain < time(false);
  } catch {
    return false;
  }
}
