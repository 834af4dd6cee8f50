// The layer StringLookup. Source: https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/

import type { Tensor } from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../../base/layerArgs.js';
import type { CategoryMode } from './categories.js';
import { IndexLookup } from './indexLookup.js';
import { lookupFields } from './lookupArguments.js';
import { codePointsOf, encodingField, textField, textOf, tokensField } from './lookupFields.js';
import { textsOf } from './tensorValues.js';
import type { SpecialTokens } from './vocabulary.js';

const { invert, maxTokens, numOovIndices, ...rest } = lookupFields;

const fields = {
  maxTokens,
  numOovIndices,
  maskToken: textField(null),
  oovToken: textField('[UNK]'),
  vocabulary: tokensField(readText),
  encoding: encodingField(),
  invert,
  ...rest,
};

/** A token, also as code points. */
export function readText(value: unknown): string {
  const text = textOf(value);
  if (text !== undefined) return text;
  throw new KerasValueError(`StringLookup: \`vocabulary\` must hold strings. Received: ${showValue(value)}`);
}

/** The arguments of both lookups. */
export interface LookupArgs extends BaseLayerArgs {
  /** The largest size of the vocabulary, with mask and OOV tokens. Default null: no limit. */
  maxTokens?: number | null;
  /** How many indices tokens out of the vocabulary share, by their hash. 0: they are an error. Default 1. */
  numOovIndices?: number;
  /** Default 'int'. The other modes give a place for each token. */
  outputMode?: CategoryMode;
  /** Whether indices become tokens. Default false. */
  invert?: boolean;
  /** Whether the output has maxTokens places even if the vocabulary is smaller. Default false. */
  padToMaxTokens?: boolean;
  /** For mode tf_idf: a weight for each token of `vocabulary`. */
  idfWeights?: readonly number[] | null;
  /** Must be false. */
  sparse?: boolean;
  /** How the OOV index is found: 'floormod' (default) or 'farmhash'. They differ for integers. */
  oovMethod?: 'floormod' | 'farmhash';
  /** Key of the hash for OOV tokens. */
  salt?: number | readonly [number, number] | null;
}

/** The arguments of Keras's StringLookup. */
export interface StringLookupArgs extends LookupArgs {
  /** The tokens. Default: none; call adapt() or setVocabulary(). */
  vocabulary?: readonly string[] | null;
  /** The token that has index 0, or no category. Default null: none. */
  maskToken?: string | null;
  /** Default '[UNK]'. */
  oovToken?: string;
  /** Must be 'utf-8', the default. */
  encoding?: string;
}

/**
 * Maps texts to integers, or back with `invert`.
 *
 * Input: a string tensor, or int32 with `invert`. Output: int32 of the same shape; float32 [..., vocabulary size] in other
 * modes than 'int'; strings with `invert`. No weights; the vocabulary is in the config or beside it.
 * Source: https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
 */
export class StringLookup extends IndexLookup<string, typeof fields> {
  static readonly className: string = 'StringLookup';
  protected override get tokenDtype() {
    return 'string' as const;
  }

  constructor(args: StringLookupArgs = {}, context?: LayerContext) {
    super(args, fields, context, (config) => (config as { vocabulary: readonly string[] | null }).vocabulary);
  }

  protected override special(): SpecialTokens<string> {
    const { maskToken, oovToken, numOovIndices, outputMode, invert } = this.config;
    return { maskToken, oovToken, numOovIndices, masksHaveIndex: outputMode === 'int', isInverted: invert };
  }

  protected override tokensOf(x: Tensor): readonly string[] {
    return textsOf(x, `layer '${this.name}'`);
  }

  protected override readToken(line: string): string {
    return line;
  }

  protected override writeToken(token: string): number[] {
    return codePointsOf(token);
  }

  protected override remainderOf(): number {
    throw new Error('a text has no remainder');
  }
}

/** Makes a StringLookup layer. */
export function stringLookup(args: StringLookupArgs = {}): StringLookup {
  return new StringLookup(args);
}
