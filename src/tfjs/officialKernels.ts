// The kernels of the official backends, as they were when this package was imported. What is registered under those
// backends' names later does not change them. officialCpu.ts and officialWebgl.ts import one backend each, so that an app
// with one engine carries no other.

import { getKernelsForBackend, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';

export type OfficialBackend = 'cpu' | 'webgl';

const known = new Map<OfficialBackend, OfficialKernels>();

/** The kernels of one official backend. It must have been imported before. */
export class OfficialKernels {
  readonly #atImport: readonly KernelConfig[];
  readonly #functions: ReadonlyMap<string, KernelFunc>;

  constructor(private readonly backendName: OfficialBackend) {
    this.#atImport = getKernelsForBackend(backendName);
    this.#functions = new Map(this.#atImport.map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
    known.set(backendName, this);
  }

  /**
   * All kernels, with those that the user has added. A backend of ours that takes the official name gets the kernels of
   * import time alone: what is registered there now is its own.
   */
  all(ownName: string): readonly KernelConfig[] {
    if (ownName === this.backendName) return this.#atImport;
    return [...this.#atImport, ...getKernelsForBackend(this.backendName)];
  }

  /** The function of one kernel. */
  get(kernelName: string): KernelFunc {
    const kernelFunc = this.find(kernelName);
    if (kernelFunc) return kernelFunc;
    throw new Error(`officialKernel: ${this.backendName} has no such kernel; received kernelName='${kernelName}'`);
  }

  find(kernelName: string): KernelFunc | undefined {
    return this.#functions.get(kernelName);
  }
}

/** The function of an official kernel, if that backend is in this app. */
export function findOfficialKernel(official: OfficialBackend, kernelName: string): KernelFunc | undefined {
  return known.get(official)?.find(kernelName);
}
