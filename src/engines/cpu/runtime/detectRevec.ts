// May V8 join vectors into 256 bits (CONVNET_REVEC)? Where it can, and if the result is right and faster.

import { revecTile, timeTile } from '../../../../kernels/wasm/conv/tiles.js';
import type { Features } from '../../../../kernels/wasm/emit/index.js';
import { nodeArch, nodeMajor } from '../../../core/platform.js';
import { WasmDevice } from './device.js';
import { testRevec } from './testRevec.js';

const firstNode = 24;
/** Below this the engine has not joined what it was meant to. */
const gain = 1.2;

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
