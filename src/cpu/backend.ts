// The CPU engine: every kernel of tfjs-backend-cpu, with the convolutions replaced by ours.

import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';

export class CpuBackend extends MathBackendCPU {
  constructor() {
    super();
    // The host prints an advertisement for its native Node backend on first use, which would be wrong here.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }
}
