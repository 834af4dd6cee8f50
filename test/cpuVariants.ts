// The CPU engine in every variant that the machine can run, as backends of their own names for the suites of ops.

import { registerConvnetCpu } from '../src/backend/register.js';

registerConvnetCpu('convnet-cpu-plain', { simd: 'plain' });
registerConvnetCpu('convnet-cpu-js', { simd: 'off' });

export const cpuVariants: readonly string[] = ['convnet-cpu-plain', 'convnet-cpu-js'];
