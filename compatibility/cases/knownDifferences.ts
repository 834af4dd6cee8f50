// Differences that are known, with their reason: docs/keras.md tells those that matter to users.

interface Known {
  /** Finds the line in the document: `<name>, <column>: <case>: <what>`. */
  readonly pattern: RegExp;
  readonly reason: string;
}

const known: readonly Known[] = [
  { pattern: /has no gradient|gradient function not found for (Real|Imag)/, reason: 'there is no gradient' },
  { pattern: /^`eig`.*complex/, reason: 'its complex results can only be taken apart by `real` and `imag`' },
  { pattern: /^`image\.elastic_transform`/, reason: 'it draws other random numbers' },
  { pattern: /^`quantile`/, reason: 'Keras forgets the `method` of a Quantile in a model, and interpolates' },
  { pattern: /^`argpartition`/, reason: 'every order is right within the two parts' },
  { pattern: /^`saturate_cast`/, reason: 'Keras gives -2147483648 for every integer that becomes a float' },
];

/** Undefined if the difference is not known. */
export function reasonOf(line: string): string | undefined {
  return known.find(({ pattern }) => pattern.test(line))?.reason;
}
