// The variants of the CPU engine that Node can run, each registered as a backend.

import { findBackendFactory } from '@tensorflow/tfjs';
import { registerConvnetCpu } from '../../src/backend/cpu.js';
import { whyNoRevec } from '../../src/engines/cpu/runtime/detectRevec.js';
import { detectFeatures } from '../../src/engines/cpu/runtime/features.js';
import '../../src/index.js';
import { cpuVariants } from '../support/cpu/cpuVariants.js';
import { capturedSuffix } from './captured.js';

export function nodeBackends(): readonly string[] {
  const captured = `convnet-cpu${capturedSuffix}`;
  if (!findBackendFactory(captured)) registerConvnetCpu(captured, { simd: 'auto', threads: 1 });
  const features = detectFeatures({ threads: false });
  if (!features || whyNoRevec(features, 'on')) return ['convnet-cpu', captured, ...cpuVariants];
  registerConvnetCpu('convnet-cpu-revec', { simd: 'auto', threads: 1, revec: 'on' });
  registerConvnetCpu('convnet-cpu-plain-revec', { simd: 'plain', threads: 1, revec: 'on' });
  return ['convnet-cpu', captured, ...cpuVariants, 'convnet-cpu-revec', 'convnet-cpu-plain-revec'];
}
