// The table of a lookup layer: tokens in order, behind the special ones.
//
//   mode 'int'     [mask token, if any] [OOV token, once for each OOV index] [tokens]
//   other modes    [OOV token, once for each OOV index] [tokens]; the mask token is in no category
// Source: https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/

import { KerasValueError, showValue } from '../../base/kerasValueError.js';

export type Token = string | number;

export interface SpecialTokens<T extends Token> {
  readonly maskToken: T | null;
  readonly oovToken: T;
  readonly numOovIndices: number;
  /** Whether the mask token has an index: in mode 'int'. */
  readonly masksHaveIndex: boolean;
  readonly isInverted: boolean;
}

/** The special tokens in the order of their indices. */
export function specialTokens<T extends Token>(special: SpecialTokens<T>): T[] {
  const { maskToken, oovToken, numOovIndices, masksHaveIndex } = special;
  const mask = maskToken !== null && masksHaveIndex ? [maskToken] : [];
  return [...mask, ...Array<T>(numOovIndices).fill(oovToken)];
}

/** Tokens with their indices. */
export class Vocabulary<T extends Token> {
  /** All tokens by index, the special ones included. */
  readonly all: readonly T[];
  /** The number of special tokens, which is the index of the first other one. */
  readonly firstIndex: number;
  /** Whether the special tokens were given in front of the others. */
  readonly isWhole: boolean;
  readonly #indices: ReadonlyMap<T, number>;

  /**
   * @param given The tokens, with or without the special ones in front.
   * @throws ValueError for repeated tokens, and for special ones at other places.
   */
  constructor(given: readonly T[], special: SpecialTokens<T>) {
    if (given.length === 0) throw new KerasValueError('Cannot set an empty vocabulary. Received: vocabulary=[]');
    const front = specialTokens(special);
    const hasFront = front.length > 0 && front.every((token, i) => given[i] === token);
    this.isWhole = hasFront;
    const tokens = hasFront ? given.slice(front.length) : given;
    checkTokens(tokens, given, special);
    this.all = [...front, ...tokens];
    this.firstIndex = front.length;
    this.#indices = new Map(tokens.map((token, i) => [token, i + front.length]));
  }

  get size(): number {
    return this.all.length;
  }

  /** The tokens without the special ones. */
  get tokens(): readonly T[] {
    return this.all.slice(this.firstIndex);
  }

  indexOf(token: T): number | undefined {
    return this.#indices.get(token);
  }
}

function checkTokens<T extends Token>(tokens: readonly T[], given: readonly T[], special: SpecialTokens<T>): void {
  const seen = new Set<T>();
  const repeated = new Set<T>();
  for (const token of tokens) (seen.has(token) ? repeated : seen).add(token);
  if (repeated.size > 0) {
    throw new KerasValueError(
      `The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated terms are: ${showValue([...repeated])}`,
    );
  }
  const { maskToken, oovToken, isInverted } = special;
  if (maskToken !== null && seen.has(maskToken)) throw misplaced('mask', maskToken, given, special);
  if (isInverted && seen.has(oovToken)) throw misplaced('OOV', oovToken, given, special);
}

function misplaced<T extends Token>(
  kind: 'mask' | 'OOV',
  token: T,
  given: readonly T[],
  special: SpecialTokens<T>,
): KerasValueError {
  return new KerasValueError(
    `Found reserved ${kind} token at unexpected location in \`vocabulary\`. Note that passed \`vocabulary\` does not need to include the OOV and mask tokens. Either remove all mask and OOV tokens, or include them only at the start of the vocabulary in precisely this order: ${showValue(specialTokens(special))}. Received: ${kind.toLowerCase()}_token=${token} at vocabulary index [${given.lastIndexOf(token)}]`,
  );
}
