// An ordered list of kernels -> the first that supports a convolution. Every list ends in one that supports all of its
// data format, so running out of candidates is a bug, not a user's mistake.

interface Candidate<Args extends readonly unknown[]> {
  readonly name: string;
  supports(...args: Args): boolean;
}

export function select<Args extends readonly unknown[], K extends Candidate<Args>>(
  candidates: readonly K[],
  ...args: Args
): K {
  for (const kernel of candidates) {
    if (kernel.supports(...args)) return kernel;
  }
  throw new Error(`select: no kernel supports ${JSON.stringify(args)}; candidates ${candidates.map((k) => k.name)}`);
}
