// The kernels of the official backends, as they were when this package was imported. What is registered under those
// backends' names later does not change them.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import { getKernelsForBackend, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';

export type OfficialBackend = 'cpu' | 'webgl';

const atImport: Readonly<Record<OfficialBackend, readonly KernelConfig[]>> = {
  cpu: getKernelsForBackend('cpu'),
  webgl: getKernelsForBackend('webgl'),
};

const byName = (configs: readonly KernelConfig[]) =>
  new Map(configs.map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
const functions: Readonly<Record<OfficialBackend, ReadonlyMap<string, KernelFunc>>> = {
  cpu: byName(atImport.cpu),
  webgl: byName(atImport.webgl),
};

/**
 * All kernels of an official backend, with those that the user has added to it. A backend of ours that takes the official
 * name gets the kernels of import time alone: what is registered there now is its own.
 */
export function officialKernels(official: OfficialBackend, ownName: string): readonly KernelConfig[] {
  if (ownName === official) return atImport[official];
  return [...atImport[official], ...getKernelsForBackend(official)];
}

/** The function of one official kernel. */
export function officialKernel(official: OfficialBackend, kernelName: string): KernelFunc {
  const kernelFunc = functions[official].get(kernelName);
  if (!kernelFunc)
    throw new Error(`officialKernel: ${official} has no such kernel; received kernelName='${kernelName}'`);
  return kernelFunc;
}
