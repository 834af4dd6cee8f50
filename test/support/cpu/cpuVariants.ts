// Registers each variant of the CPU engine as a backend, for the suites of ops.

import { registerConvnetCpu } from '../../../src/backend/cpu.js';

registerConvnetCpu('convnet-cpu-plain', { simd: 'plain', threads: 1 });
registerConvnetCpu('convnet-cpu-unshared', { simd: 'auto', shared: false });
registerConvnetCpu('convnet-cpu-3threads', { simd: 'auto', threads: 3, eager: true });
registerConvnetCpu('convnet-cpu-js', { simd: 'off' });

export const cpuVariants: readonly string[] = [
  'convnet-cpu-plain',
  'convnet-cpu-unshared',
  'convnet-cpu-3threads',
  'convnet-cpu-js',
];
