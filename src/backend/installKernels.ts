// What every backend of this package does with its kernels: checks before them, and gradients beside them.

import { env, type KernelConfig } from '@tensorflow/tfjs-core';
import { nodePlatform } from '../core/platform.js';
import { installBatchNormGradients } from '../ops/batchNormGradients.js';
import { installGroupGradients, installTfjsGradients } from '../ops/gradients.js';
import { installMathGradients } from '../ops/mathGradients.js';
import { installMeanGradients } from '../ops/meanGradients.js';
import { installPoolGradients } from '../ops/poolGradients.js';
import { installReluGradients } from '../ops/reluGradients.js';
import { installResizeGradients } from '../ops/resizeGradients.js';
import { markConvnet, type NamedKernel, replaceKernels } from '../tfjs/registry.js';
import { installTapeRelease } from '../tfjs/releaseTape.js';
import { withCheckedSizes } from './checkedSizes.js';
import { withComplexBroadcast } from './complexBroadcast.js';
import { withFusedBiasCheck } from './fusedBias.js';
import { installFusedGradients } from './fusedGradient.js';
import { withResolvedPooling } from './poolKernels.js';
import { withResolved3d } from './resolved3d.js';
import { withStridedIndices } from './stridedSlices.js';

/** Makes `kernels` the kernels of a backend name, and installs the gradients now and whenever the backend is selected. */
export function installKernels(name: string, kernels: readonly (NamedKernel | KernelConfig)[]): void {
  markConvnet(name);
  // TensorFlow.js runs set-up functions each time the backend is selected.
  const setupFunc = installGradients;
  replaceKernels(
    name,
    kernels.map((kernel) => (kernel.kernelName === 'Conv2D' ? { ...kernel, setupFunc } : kernel)),
  );
  installGradients();
}

/** Kernels that check their arguments before any engine sees them. */
export function checked(kernels: readonly (NamedKernel | KernelConfig)[]): (NamedKernel | KernelConfig)[] {
  const resolved = withStridedIndices(withResolved3d(withResolvedPooling(kernels)));
  return withComplexBroadcast(withCheckedSizes(withFusedBiasCheck(resolved)));
}

function installGradients(): void {
  installGroupGradients();
  installTfjsGradients();
  installPoolGradients();
  installMathGradients();
  installMeanGradients();
  installBatchNormGradients();
  installReluGradients();
  installResizeGradients();
  installFusedGradients();
  installTapeRelease();
}

/** Where JavaScript runs: Node's version and platform, or the browser's user agent. */
export function platformName(): string {
  const node = env().getBool('IS_NODE') ? nodePlatform() : undefined;
  return node ?? globalThis.navigator?.userAgent ?? 'an unknown JavaScript engine';
}
