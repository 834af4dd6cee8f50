// The layer IntegerLookup. Source: https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Field } from '../../base/fields.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { LayerContext } from '../../base/layerArgs.js';
import { IndexLookup } from './indexLookup.js';
import { lookupFields } from './lookupArguments.js';
import { tokensField } from './lookupFields.js';
import type { LookupArgs } from './stringLookup.js';
import { integersOf } from './tensorValues.js';
import type { SpecialTokens } from './vocabulary.js';

/** An integer. tf.keras writes some as texts. */
function readInteger(value: unknown): number {
  const number = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new KerasValueError(
    `IntegerLookup: invalid literal for int() with base 10, tokens must be integers. Received: ${showValue(value)}`,
  );
}

function integerToken<T extends number | null>(missing: T): Field<number | T> {
  return {
    parse: (value) => (value === undefined ? missing : value === null ? (null as T) : readInteger(value)),
    serialize: (value) => value,
  };
}

const vocabularyDtype: Field<string> = {
  parse(value) {
    if (value === undefined || value === 'int64') return 'int64';
    throw new KerasValueError(
      `Only \`vocabulary_dtype='int64'\` is supported at this time. Received: vocabulary_dtype=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

const { invert, maxTokens, numOovIndices, ...rest } = lookupFields;

const fields = {
  maxTokens,
  numOovIndices,
  maskToken: integerToken(null),
  oovToken: integerToken(-1),
  vocabulary: tokensField(readInteger),
  vocabularyDtype,
  invert,
  ...rest,
};

/** The arguments of Keras's IntegerLookup. */
export interface IntegerLookupArgs extends LookupArgs {
  /** The integers. Default: none; call adapt() or setVocabulary(). */
  vocabulary?: readonly number[] | null;
  /** Must be 'int64', the default. */
  vocabularyDtype?: string;
  /** The integer that has index 0, or no category. Default null: none. */
  maskToken?: number | null;
  /** What `invert` gives for an unknown index. Default -1. */
  oovToken?: number;
}

/**
 * Maps integers to indices, or back with `invert`.
 *
 * Input: int32, or float32, which is cut down to integers. Output: int32 of the same shape; float32 [..., vocabulary size]
 * in other modes than 'int'. Tensors of TensorFlow.js hold integers of 32 bits.
 * Source: https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/
 */
export class IntegerLookup extends IndexLookup<number, typeof fields> {
  static readonly className: string = 'IntegerLookup';
  protected override get tokenDtype() {
    return 'int32' as const;
  }

  constructor(args: IntegerLookupArgs = {}, context?: LayerContext) {
    super(args, fields, context, (config) => (config as { vocabulary: readonly number[] | null }).vocabulary);
    const { salt, oovMethod } = this.config;
    if (salt !== null && oovMethod !== 'farmhash') {
      throw new KerasValueError(
        `\`salt\` can only be used when \`oov_method='farmhash'\`. Received: oov_method=${oovMethod} and salt=${showValue(salt)}`,
      );
    }
  }

  protected override special(): SpecialTokens<number> {
    const { maskToken, numOovIndices, outputMode, invert } = this.config;
    const oovToken = this.config.oovToken ?? -1;
    return { maskToken, oovToken, numOovIndices, masksHaveIndex: outputMode === 'int', isInverted: invert };
  }

  protected override tokensOf(x: Tensor): readonly number[] {
    return integersOf(x, `layer '${this.name}'`);
  }

  protected override readToken(line: string): number {
    return readInteger(line);
  }

  protected override writeToken(token: number): number {
    return token;
  }

  protected override remainderOf(token: number, count: number): number {
    return ((token % count) + count) % count;
  }
}

/** Makes a IntegerLookup layer. */
export function integerLookup(args: IntegerLookupArgs = {}): IntegerLookup {
  return new IntegerLookup(args);
}
