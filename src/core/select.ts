// Takes the first kernel of an ordered list that supports a convolution. Every list ends in one that supports all
// convolutions of its data format, so running out of candidates is a bug, not a user's mistake.

import type { Conv } from '../../kernels/conv.js';

interface Candidate<Machine extends readonly unknown[]> {
  readonly name: string;
  supports(conv: Conv, ...machine: Machine): boolean;
  /** Whether it is expected to be faster than those after it; default: it is. */
  pays?(conv: Conv, ...machine: Machine): boolean;
  /** Whether it is right on this device, which it may test now; asked last. Default: it is. */
  isTrusted?(conv: Conv, ...machine: Machine): boolean;
}

/** @param machine What supports() asks for beside the convolution: what the device can do. */
export function select<Machine extends readonly unknown[], K extends Candidate<Machine>>(
  candidates: readonly K[],
  conv: Conv,
  ...machine: Machine
): K {
  for (const kernel of candidates) {
    if (!kernel.supports(conv, ...machine) || kernel.pays?.(conv, ...machine) === false) continue;
    if (kernel.isTrusted?.(conv, ...machine) !== false) return kernel;
  }
  const names = candidates.map(({ name }) => name);
  throw new Error(`select: no kernel supports ${JSON.stringify(conv)}; candidates ${names.join(', ')}`);
}
