// Counts tokens and documents for `adapt()`: the vocabulary is in the order of falling counts, equal ones in falling
// order of the tokens. A token's weight is its inverse document frequency, log(1 + documents / (1 + documents with it)).
// Source: https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/

import type { Token } from './vocabulary.js';

export class TokenCounter<T extends Token> {
  readonly #counts = new Map<T, number>();
  readonly #documents = new Map<T, number>();
  #documentCount = 0;

  /** Counts the tokens of one document. */
  add(document: readonly T[]): void {
    this.#documentCount++;
    for (const token of document) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
    for (const token of new Set(document)) this.#documents.set(token, (this.#documents.get(token) ?? 0) + 1);
  }

  /** The most frequent tokens, without those of `excluded`. @param limit the largest number of them, or null */
  tokens(excluded: ReadonlySet<T>, limit: number | null): T[] {
    const sorted = [...this.#counts]
      .filter(([token]) => !excluded.has(token))
      .sort(([a, countA], [b, countB]) => countB - countA || compare(b, a));
    return sorted.slice(0, limit ?? sorted.length).map(([token]) => token);
  }

  /** The inverse document frequency of each token. */
  weights(tokens: readonly T[]): number[] {
    return tokens.map((token) => Math.log(1 + this.#documentCount / (1 + (this.#documents.get(token) ?? 0))));
  }
}

function compare(a: Token, b: Token): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b));
}

/** By code points, as Python compares; JavaScript would compare halves of surrogate pairs. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  for (;;) {
    const [x, y] = [left.next(), right.next()];
    if (x.done || y.done) return Number(y.done ?? false) - Number(x.done ?? false);
    const difference = (x.value.codePointAt(0) ?? 0) - (y.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
}
