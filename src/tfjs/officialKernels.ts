// The official kernels as they were when this package was imported, whatever is registered under their backends' names
// later on.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import { getKernelsForBackend, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';

export type Host = 'cpu' | 'webgl';

const stock: Readonly<Record<Host, readonly KernelConfig[]>> = {
  cpu: getKernelsForBackend('cpu'),
  webgl: getKernelsForBackend('webgl'),
};

const byName = (configs: readonly KernelConfig[]) =>
  new Map(configs.map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
const functions: Readonly<Record<Host, ReadonlyMap<string, KernelFunc>>> = {
  cpu: byName(stock.cpu),
  webgl: byName(stock.webgl),
};

/** All kernels of a host, those included that the user has added to it since; not so for a backend that bears its name. */
export function hostKernels(host: Host, ownName: string): readonly KernelConfig[] {
  return ownName === host ? stock[host] : [...stock[host], ...getKernelsForBackend(host)];
}

/** The function of one official kernel. */
export function stockKernel(host: Host, kernelName: string): KernelFunc {
  const kernelFunc = functions[host].get(kernelName);
  if (!kernelFunc) throw new Error(`stockKernel: the backend has no such kernel; received ${host} ${kernelName}`);
  return kernelFunc;
}
