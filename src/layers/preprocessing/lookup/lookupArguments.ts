// The arguments that StringLookup and IntegerLookup share, and the rules between them.
// Source: https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/

import { boolean, oneOf, plain } from '../../base/fields.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import { type CategoryMode, categoryMode, notSparse } from './categories.js';
import { integerOrNull, numbersField, oovCount, saltField } from './lookupFields.js';

/** The arguments of both lookups, without those that hold tokens. */
export const lookupFields = {
  invert: boolean(false),
  maxTokens: integerOrNull(2, (where) =>
    where === 'IntegerLookup'
      ? 'If `max_tokens` is set for `IntegerLookup`, it must be greater than 1'
      : 'If set, `max_tokens` must be greater than 1',
  ),
  numOovIndices: oovCount(),
  outputMode: categoryMode(['int', 'one_hot', 'multi_hot', 'count', 'tf_idf'], 'int'),
  sparse: notSparse(),
  padToMaxTokens: boolean(false),
  idfWeights: numbersField(),
  vocabularySize: plain<number | null>(null),
  oovMethod: oneOf(['floormod', 'farmhash'], 'floormod'),
  salt: saltField('IndexLookup'),
};

/** The values of these arguments. */
export type LookupConfig = {
  readonly [K in keyof typeof lookupFields]: ReturnType<(typeof lookupFields)[K]['parse']>;
};

/** @throws ValueError for arguments that do not go together. */
export function checkLookup({ outputMode, invert, padToMaxTokens, maxTokens, idfWeights }: LookupConfig): void {
  if (invert && outputMode !== 'int') {
    throw new KerasValueError(
      `\`output_mode\` must be \`'int'\` when \`invert\` is true. Received: output_mode=${outputMode}`,
    );
  }
  if (padToMaxTokens && maxTokens === null) {
    throw new KerasValueError('If `pad_to_max_tokens` is True, must set `max_tokens`. Received: max_tokens=None');
  }
  if (idfWeights && outputMode !== 'tf_idf') throw superfluousWeights(idfWeights, outputMode);
}

/** @throws ValueError for weights that do not fit the mode or the number of tokens. */
export function checkWeights(weights: readonly number[] | null, outputMode: CategoryMode, count: number): void {
  if (outputMode !== 'tf_idf') {
    if (weights) throw superfluousWeights(weights, outputMode);
    return;
  }
  if (weights?.length === count) return;
  throw new KerasValueError(
    `\`idf_weights\` must be the same length as vocabulary. len(idf_weights) is ${weights?.length ?? 0}; len(vocabulary) is ${count}`,
  );
}

function superfluousWeights(weights: readonly number[], outputMode: CategoryMode): KerasValueError {
  return new KerasValueError(
    `\`idf_weights\` should only be set if \`output_mode\` is \`'tf_idf'\`. Received: idf_weights=${showValue(weights)} and output_mode=${outputMode}`,
  );
}
