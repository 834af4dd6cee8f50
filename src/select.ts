// An ordered list of kernels -> the first that supports a convolution. Every list ends in one that supports all of its
// data format, so running out of candidates is a bug, not a user's mistake.

import type { Conv } from '../kernels/types.js';

interface Candidate {
  readonly name: string;
  supports(conv: Conv): boolean;
}

export function select<K extends Candidate>(candidates: readonly K[], conv: Conv): K {
  for (const kernel of candidates) {
    if (kernel.supports(conv)) return kernel;
  }
  const names = candidates.map(({ name }) => name);
  throw new Error(`select: no kernel supports ${JSON.stringify(conv)}; candidates ${names.join(', ')}`);
}
