// The variants of the CPU engine that Node can run, each registered as a backend.

import { registerConvnetCpu } from '../../src/backend/cpu.js';
import { detectRevec } from '../../src/engines/cpu/runtime/detectRevec.js';
import { detectFeatures } from '../../src/engines/cpu/runtime/features.js';
import '../../src/index.js';
import { cpuVariants } from '../support/cpu/cpuVariants.js';

export function nodeBackends(): readonly string[] {
  const features = detectFeatures({ threads: false });
  if (!features || !detectRevec(features)) return ['convnet-cpu', ...cpuVariants];
  registerConvnetCpu('convnet-cpu-revec', { simd: 'auto', threads: 1, revec: true });
  return ['convnet-cpu', ...cpuVariants, 'convnet-cpu-revec'];
}
