// The time that a prediction spends in kernels of TensorFlow.js's own `cpu` backend. Import this module before the
// package: it puts clocks around those kernels, and the package takes them from the registry when it is imported.

import '@tensorflow/tfjs';
import { getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

const spent = new Map<string, number>();
/** Kernels that are running, one in the other: only the outermost counts. */
let depth = 0;

/** The ones that give their input under another shape, and compute nothing. */
const free = new Set(['Identity', 'Reshape', 'ExpandDims']);

for (const config of getKernelsForBackend('cpu')) {
  if (free.has(config.kernelName)) continue;
  unregisterKernel(config.kernelName, 'cpu');
  registerKernel({ ...config, kernelFunc: (args) => timed(config.kernelName, () => config.kernelFunc(args)) });
}

function timed<T>(kernelName: string, run: () => T): T {
  const start = performance.now();
  depth++;
  try {
    return run();
  } finally {
    depth--;
    if (depth === 0) spent.set(kernelName, (spent.get(kernelName) ?? 0) + performance.now() - start);
  }
}

/** Milliseconds of each inherited kernel since the last call of this function. */
export function takeInherited(): ReadonlyMap<string, number> {
  const taken = new Map(spent);
  spent.clear();
  return taken;
}
