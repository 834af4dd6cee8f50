// The layer TextVectorization: texts to integers, or to one row for each text.
//
//   text -> standardize -> split into words -> n-grams -> lookup -> indices, padded with 0, or a row of categories
// Source: https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/

import { type serialization, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../../core/json.js';
import type { HasAssets, HasStoredNames } from '../../base/assets.js';
import { boolean, type Field, plain } from '../../base/fields.js';
import { only, onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../../base/layerArgs.js';
import { type AdaptDataset, type AdaptValues, adaptTo } from './adaptData.js';
import { type CategoryMode, categoryMode, notSparse } from './categories.js';
import {
  encodingField,
  integerOrNull,
  type NamedFunction,
  numbersField,
  textFunction,
  tokensField,
  withoutAdaptedShape,
} from './lookupFields.js';
import { readText, StringLookup } from './stringLookup.js';
import { textsOf } from './tensorValues.js';
import { ngrams, splitters, standardizers } from './text.js';

type Standardize = (text: string) => string;
type Split = (text: string) => readonly string[];

const ngramsField: Field<number | readonly number[] | null> = {
  parse(value, { key }) {
    if (value == null) return null;
    const list = [value].flat();
    const isGood = list.length > 0 && list.every((item) => Number.isInteger(item) && (item as number) > 0);
    if (isGood) return typeof value === 'number' ? value : Object.freeze(list as number[]);
    throw new KerasValueError(
      `\`ngrams\` must be None, an integer, or a tuple of integers. Received: ${key}=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

const notRagged: Field<boolean> = {
  parse(value, { where }) {
    if (value == null || value === false) return false;
    throw new KerasValueError(
      `${where}: \`ragged\` must be False: ragged tensors are not supported. Received: ragged=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

const fields = {
  maxTokens: integerOrNull(2, () => 'If set, `max_tokens` must be greater than 1'),
  standardize: textFunction<Standardize>(Object.keys(standardizers), 'lower_and_strip_punctuation'),
  split: textFunction<Split>(Object.keys(splitters), 'whitespace'),
  ngrams: ngramsField,
  outputMode: categoryMode(['int', 'one_hot', 'multi_hot', 'count', 'tf_idf'], 'int'),
  outputSequenceLength: integerOrNull(
    0,
    () => "`output_sequence_length` must be either None or an integer when `output_mode` is 'int'",
  ),
  padToMaxTokens: boolean(false),
  sparse: notSparse(),
  ragged: notRagged,
  vocabulary: tokensField(readText),
  idfWeights: numbersField(),
  encoding: encodingField(),
  vocabularySize: plain<number | null>(null),
};

/** The arguments of Keras's TextVectorization. */
export interface TextVectorizationArgs extends BaseLayerArgs {
  /** The largest size of the vocabulary, with padding and OOV token. Default null: no limit. */
  maxTokens?: number | null;
  /**
   * 'lower_and_strip_punctuation' (default), 'lower', 'strip_punctuation', null for none, or a function of a text. Letters
   * are those of ASCII.
   */
  standardize?: string | null | Standardize;
  /** 'whitespace' (default), 'character', null for none, or a function from a text to its tokens. */
  split?: string | null | Split;
  /** n: groups of 1 to n words. A list: groups of these lengths. Default null: words. */
  ngrams?: number | readonly number[] | null;
  /** Default 'int'. */
  outputMode?: Exclude<CategoryMode, 'one_hot'>;
  /** For mode 'int': the length to which each row is padded or cut. Default null: that of the longest. */
  outputSequenceLength?: number | null;
  /** Whether the output has maxTokens places even if the vocabulary is smaller. Default false. */
  padToMaxTokens?: boolean;
  /** The tokens. Default: none; call adapt() or setVocabulary(). */
  vocabulary?: readonly string[] | null;
  /** For mode tf_idf: a weight for each token of `vocabulary`. */
  idfWeights?: readonly number[] | null;
  /** Must be false. */
  sparse?: boolean;
  /** Must be false. */
  ragged?: boolean;
  /** Must be 'utf-8', the default. */
  encoding?: string;
}

/**
 * Turns texts into integers.
 *
 * Input: a string tensor [batch] or [batch, 1]; with `split: null`, [batch, words]. Output: int32 [batch, longest row] with
 * 0 for padding and 1 for unknown words; float32 [batch, vocabulary size] in other modes than 'int'.
 * Source: https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
 */
export class TextVectorization extends KerasLayer<typeof fields> implements HasAssets, HasStoredNames {
  static readonly className: string = 'TextVectorization';

  readonly assetNames: readonly string[] = ['vocabulary.txt'];
  readonly storedNames: readonly string[] = ['idf_weights'];
  readonly #lookup: StringLookup;

  constructor(args: TextVectorizationArgs = {}, context?: LayerContext) {
    super(withoutAdaptedShape(args, context), fields, context);
    const { outputMode, outputSequenceLength, vocabulary, idfWeights, ...config } = this.config;
    if (outputSequenceLength !== null && outputMode !== 'int') {
      throw new KerasValueError(
        `\`output_sequence_length\` must not be set if \`output_mode\` is not 'int'. Received: output_sequence_length=${outputSequenceLength}.`,
      );
    }
    const { maxTokens, padToMaxTokens, vocabularySize } = config;
    const shared = { outputMode, maxTokens, padToMaxTokens, vocabulary, idfWeights, maskToken: '' };
    this.#lookup = new StringLookup({ ...shared, name: `${this.name}_lookup`, ...{ vocabularySize } });
    if (outputMode === 'int') Object.assign(this, { dtype: 'int32' }); // of the symbolic outputs
  }

  override get children() {
    return { _lookup_layer: this.#lookup };
  }

  /** The number of tokens, with padding and OOV token. */
  vocabularySize(): number {
    return this.#lookup.vocabularySize();
  }

  /** The tokens in the order of their indices. @param includeSpecialTokens whether with '' and '[UNK]'. Default true. */
  getVocabulary(includeSpecialTokens = true): string[] {
    return this.#lookup.getVocabulary(includeSpecialTokens);
  }

  /** Replaces the vocabulary. @param idfWeights a weight for each token, for mode tf_idf alone. */
  setVocabulary(vocabulary: readonly string[], idfWeights: readonly number[] | null = null): void {
    this.#lookup.setVocabulary(vocabulary, idfWeights);
  }

  /**
   * Makes the vocabulary from texts: the most frequent words first.
   * @param data A string tensor (the caller keeps it), an array of texts, several tensors, or a tf.data dataset of texts, for
   *     which it gives a promise.
   * @throws ValueError if the vocabulary was given.
   */
  adapt(data: AdaptValues): void;
  adapt(data: AdaptDataset): Promise<void>;
  adapt(data: AdaptValues | AdaptDataset): void | Promise<void> {
    const counter = this.#lookup.startAdapting();
    return adaptTo(data, {
      dtype: 'string',
      update: (batch) => {
        for (const document of this.#documentsOf(batch).rows) counter.add(document);
      },
      finish: () => this.#lookup.finishAdapting(counter),
    });
  }

  /** The tokens of each text, and the shape of the texts. */
  #documentsOf(x: Tensor): { readonly rows: readonly (readonly string[])[]; readonly shape: readonly number[] } {
    const { split, standardize, ngrams: widths } = this.config;
    const texts = textsOf(x, `layer '${this.name}'`).map(functionOf(standardize, standardizers) ?? same);
    const splitText = functionOf<Split>(split, splitters);
    const shape = splitText ? this.#shapeOfTexts(x.shape) : x.shape.slice(0, -1);
    const length = splitText ? 1 : (x.shape.at(-1) ?? 1);
    const rows = splitText ? texts.map(splitText) : rowsOf(texts, length);
    const all = typeof widths === 'number' ? Array.from({ length: widths }, (_, i) => i + 1) : widths;
    return { rows: all ? rows.map((row) => ngrams(row, all)) : rows, shape };
  }

  /** The shape of the texts without an axis of length 1 at the end. @throws ValueError for a longer one. */
  #shapeOfTexts<T extends number | null>(shape: readonly T[]): readonly T[] {
    const isColumn = shape.length > 1 && (shape.at(-1) === 1 || shape.at(-1) === null);
    if (shape.length < 2 || isColumn) return isColumn ? shape.slice(0, -1) : shape;
    throw new KerasValueError(
      `When using \`TextVectorization\` to tokenize strings, the input rank must be 1 or the last shape dimension must be 1. Received: inputs.shape=${showValue(shape)} with rank=${shape.length}`,
    );
  }

  /** Keras 3 records some shapes of outputs in other modes than 'int' that its layer does not give. */
  readonly misrecordsShape: boolean = true;

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { split, ngrams, outputMode, outputSequenceLength } = this.config;
    const outer = split === null ? shape.slice(0, -1) : this.#shapeOfTexts(shape);
    if (outputMode !== 'int') return [...outer, this.#lookup.depth];
    const length = split === null && ngrams === null && shape.length > 0 ? shape[shape.length - 1] : null;
    return [...outer, outputSequenceLength ?? length];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = only(inputs);
    const { rows, shape } = this.#documentsOf(x);
    const { outputMode, outputSequenceLength, split } = this.config;
    // Texts that are not split and have one axis are the rows of a column.
    if (split === null && x.rank < 2 && outputMode === 'int' && outputSequenceLength === null && rows.length === 1) {
      const indices = this.#lookup.indicesOf(rows[0]);
      return tensor(Int32Array.from(indices), x.rank === 0 ? [] : [indices.length], 'int32');
    }
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    const length = outputMode === 'int' ? (outputSequenceLength ?? longest) : longest;
    const padding = outputMode === 'int' ? 0 : -1;
    const indices = rows.flatMap((row) => {
      const found = this.#lookup.indicesOf(row.slice(0, length));
      return [...found, ...Array<number>(length - found.length).fill(padding)];
    });
    if (length > 0 || outputMode === 'int') return this.#lookup.encode(indices, [...shape, length]);
    return this.#lookup.encode(Array<number>(rows.length).fill(padding), [...shape, 1]);
  }

  override getKerasConfig(): Record<string, Json> {
    return { ...super.getKerasConfig(), ...this.#vocabularyConfig(this.#lookup.getKerasConfig()) };
  }

  override getConfig(): serialization.ConfigDict {
    const { vocabulary, idfWeights } = this.#lookup.getConfig();
    return { ...super.getConfig(), vocabulary, idfWeights };
  }

  /** The config with the vocabulary, for files that have no place for it beside the config. */
  getPortableConfig(): Record<string, Json> {
    return { ...super.getKerasConfig(), ...this.#vocabularyConfig(this.#lookup.getPortableConfig()) };
  }

  #vocabularyConfig({ vocabulary, idf_weights }: Record<string, Json>): Record<string, Json> {
    return { vocabulary, idf_weights, vocabulary_size: this.vocabularySize() };
  }

  saveAssets(): Readonly<Record<string, string>> {
    return this.#lookup.saveAssets();
  }

  loadAssets(files: Readonly<Record<string, string>>): void {
    this.#lookup.loadAssets(files);
  }

  override saveState(): Tensor[] {
    return this.#lookup.saveState();
  }

  override stateShapes(): readonly Shape[] {
    return this.#lookup.stateShapes();
  }

  override loadState(values: readonly Tensor[]): void {
    this.#lookup.loadState(values);
  }
}

function same(text: string): string {
  return text;
}

function functionOf<F>(given: string | null | NamedFunction<F>, named: Readonly<Record<string, F>>): F | null {
  return given === null ? null : typeof given === 'string' ? named[given] : given.apply;
}

function rowsOf(texts: readonly string[], length: number): readonly (readonly string[])[] {
  return Array.from({ length: length === 0 ? 0 : texts.length / length }, (_, i) =>
    texts.slice(i * length, (i + 1) * length),
  );
}

/** Makes a TextVectorization layer. */
export function textVectorization(args: TextVectorizationArgs = {}): TextVectorization {
  return new TextVectorization(args);
}
