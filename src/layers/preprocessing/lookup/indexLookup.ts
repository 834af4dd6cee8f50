// The base of StringLookup and IntegerLookup: tokens to indices, and back with `invert`. Both live on the CPU on every
// backend.
//
//   token -> index in the vocabulary; the mask token -> 0; others -> one of the OOV indices (a hash, or a remainder)
// Source: https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/

import { type DataType, type serialization, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../../core/json.js';
import type { HasAssets, HasStoredNames } from '../../base/assets.js';
import type { Fields } from '../../base/fields.js';
import { only, onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { LayerContext } from '../../base/layerArgs.js';
import { checkTrialNumber } from '../../base/loadLimits.js';
import { type AdaptDataset, type AdaptValues, adaptTo } from './adaptData.js';
import { categoryShape, encodeCategories } from './categories.js';
import { bucketOf, fingerprint, saltedFingerprint } from './fingerprints.js';
import { checkLookup, checkWeights, type LookupConfig, type lookupFields } from './lookupArguments.js';
import { withoutAdaptedShape } from './lookupFields.js';
import { integersOf } from './tensorValues.js';
import { TokenCounter } from './tokenCounter.js';
import { type SpecialTokens, specialTokens, type Token, Vocabulary } from './vocabulary.js';
import { holdsLineBreak, linesOf } from './vocabularyLines.js';

/** A layer with a vocabulary. */
export abstract class IndexLookup<T extends Token, F extends Fields & typeof lookupFields>
  extends KerasLayer<F>
  implements HasAssets, HasStoredNames
{
  readonly assetNames: readonly string[] = ['vocabulary.txt'];
  readonly storedNames: readonly string[] = ['idf_weights'];

  /** The arguments of every lookup, whatever F adds. */
  protected readonly lookup: LookupConfig;
  #vocabulary: Vocabulary<T> | null = null;
  /** The vocabulary as it was given, perhaps with the special tokens. */
  #given: readonly T[] = [];
  /** The weight of each index, without padding; null but in mode tf_idf. */
  #idf: readonly number[] | null = null;
  /** Where the vocabulary comes from: an argument, setVocabulary(), adapt() or a file beside the config. */
  #origin: 'none' | 'argument' | 'call' | 'data' = 'none';

  constructor(
    args: object,
    fields: F,
    context: LayerContext | undefined,
    tokens: (config: object) => readonly T[] | null,
  ) {
    super(withoutAdaptedShape(args, context), fields, context);
    checkTrialNumber('num_oov_indices', this.special().numOovIndices); // a token for each
    this.lookup = this.config as unknown as LookupConfig;
    checkLookup(this.lookup);
    const given = tokens(this.config);
    Object.assign(this, { dtype: this.outputDtype() }); // of the symbolic outputs
    if (!given) return;
    if (this.lookup.outputMode === 'tf_idf' && !this.lookup.idfWeights) {
      throw new KerasValueError(
        'When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` argument must also be provided. Received: idf_weights=None',
      );
    }
    this.#set(given, this.lookup.idfWeights, 'argument');
  }

  protected abstract special(): SpecialTokens<T>;
  /** The tokens of an input tensor, row-major. */
  protected abstract tokensOf(x: Tensor): readonly T[];
  protected abstract readonly tokenDtype: DataType;
  /** The token of a line of a file. */
  protected abstract readToken(line: string): T;
  /** A token in a config of TensorFlow.js. */
  protected abstract writeToken(token: T): Json;
  /** The OOV index, from 0, of a token out of the vocabulary by its remainder. */
  protected abstract remainderOf(token: T, count: number): number;

  protected outputDtype(): DataType {
    if (this.lookup.invert) return this.tokenDtype;
    return this.lookup.outputMode === 'int' ? 'int32' : 'float32';
  }

  /** The number of tokens, with mask and OOV tokens. */
  vocabularySize(): number {
    return this.#vocabulary?.size ?? specialTokens(this.special()).length;
  }

  /** The tokens in the order of their indices. @param includeSpecialTokens whether with mask and OOV tokens. Default true. */
  getVocabulary(includeSpecialTokens = true): T[] {
    if (!this.#vocabulary) return includeSpecialTokens ? specialTokens(this.special()) : [];
    return [...(includeSpecialTokens ? this.#vocabulary.all : this.#vocabulary.tokens)];
  }

  /**
   * Replaces the vocabulary.
   * @param idfWeights a weight for each token, for mode tf_idf alone.
   * @throws ValueError for repeated tokens, more than max_tokens, and weights that do not fit.
   */
  setVocabulary(vocabulary: readonly T[], idfWeights: readonly number[] | null = null): void {
    this.#set(vocabulary, idfWeights, 'call');
  }

  #set(given: readonly T[], weights: readonly number[] | null, origin: 'argument' | 'call' | 'data'): void {
    const { outputMode, maxTokens } = this.lookup;
    const vocabulary = new Vocabulary(given, this.special());
    if (maxTokens !== null && vocabulary.size > maxTokens) {
      throw new KerasValueError(
        `Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary size is ${vocabulary.size}; \`max_tokens\` is ${maxTokens}.`,
      );
    }
    // Weights of a vocabulary with the special tokens are theirs too; a file has its weights apart from its tokens.
    const first = vocabulary.isWhole && origin !== 'data' ? 0 : vocabulary.firstIndex;
    checkWeights(weights, outputMode, vocabulary.size - first);
    this.#vocabulary = vocabulary;
    // A file lists the special tokens too; their weights are not written, so neither are they.
    this.#given = origin === 'data' ? vocabulary.tokens : given;
    this.#origin = origin;
    this.#idf = weights && withSpecialWeights(weights.map(Math.fround), first);
  }

  /**
   * Makes the vocabulary from data: the most frequent tokens first.
   * @param data Texts or integers: a tensor (the caller keeps it), arrays, several tensors, or a tf.data dataset, for which it
   *     gives a promise. For tf_idf each row is a document.
   * @throws ValueError if the vocabulary was given.
   */
  adapt(data: AdaptValues): void;
  adapt(data: AdaptDataset): Promise<void>;
  adapt(data: AdaptValues | AdaptDataset): void | Promise<void> {
    const counter = this.startAdapting();
    return adaptTo(data, {
      dtype: this.tokenDtype,
      update: (batch) => this.#count(batch, counter),
      finish: () => this.finishAdapting(counter),
    });
  }

  /** Begins to count tokens. @throws ValueError if the vocabulary was given. */
  startAdapting(): TokenCounter<T> {
    if (this.#origin === 'argument' || this.#origin === 'call') {
      throw new KerasValueError(
        `Cannot adapt layer '${this.name}' after setting a static vocabulary via \`vocabulary\` argument or \`set_vocabulary()\` method.`,
      );
    }
    return new TokenCounter<T>();
  }

  #count(batch: Tensor, counter: TokenCounter<T>): void {
    const tokens = this.tokensOf(batch);
    if (batch.rank > 2 && this.lookup.outputMode === 'tf_idf') {
      throw new KerasValueError(
        `Layer '${this.name}': adapt() in mode tf_idf needs rows of tokens, unique expects a 1D vector. Received: data.shape=${showValue(batch.shape)}`,
      );
    }
    const perDocument = batch.rank < 2 ? 1 : batch.size / batch.shape[0];
    for (let i = 0; i < tokens.length; i += perDocument) counter.add(tokens.slice(i, i + perDocument));
  }

  /** Makes the vocabulary of what was counted. */
  finishAdapting(counter: TokenCounter<T>): void {
    const { maxTokens, outputMode } = this.lookup;
    const special = this.special();
    const excluded = new Set([special.oovToken, ...(special.maskToken === null ? [] : [special.maskToken])]);
    const limit = maxTokens === null ? null : maxTokens - specialTokens(special).length;
    const tokens = counter.tokens(excluded, limit);
    this.#set(tokens, outputMode === 'tf_idf' ? counter.weights(tokens) : null, 'data');
  }

  /** The number of categories of the output. A file says it before the vocabulary is read. */
  get depth(): number {
    const { padToMaxTokens, maxTokens, vocabularySize } = this.lookup;
    if (padToMaxTokens) return maxTokens as number;
    return this.#vocabulary ? this.#vocabulary.size : (vocabularySize ?? this.vocabularySize());
  }

  /** Keras 3 records some shapes of outputs in other modes than 'int' that its layer does not give. */
  readonly misrecordsShape: boolean = true;

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return categoryShape(onlyShape(inputShape), this.lookup.outputMode, this.depth);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = only(inputs);
    const vocabulary = this.requireVocabulary();
    if (this.lookup.invert) {
      const { oovToken } = this.special();
      const found = integersOf(x, `layer '${this.name}'`).map((index) => vocabulary.all[index] ?? oovToken);
      return tensor(found as string[], x.shape, this.tokenDtype);
    }
    return this.encode(this.indicesOf(this.tokensOf(x)), x.shape);
  }

  protected requireVocabulary(): Vocabulary<T> {
    if (this.#vocabulary) return this.#vocabulary;
    throw new KerasValueError(
      `Layer '${this.name}': Table not initialized, you must set the layer's vocabulary before calling it. Either pass a \`vocabulary\` argument to the layer, or call \`adapt\` with some sample data. Received: vocabulary=None`,
    );
  }

  /** Encodes indices in the layer's mode. */
  encode(indices: readonly number[], shape: readonly number[]): Tensor {
    const { outputMode: mode } = this.lookup;
    return encodeCategories({ indices, shape, mode, depth: this.depth, idfWeights: this.#paddedWeights() });
  }

  #paddedWeights(): number[] | null {
    return this.#idf && Array.from({ length: this.depth }, (_, i) => this.#idf?.[i] ?? 0);
  }

  /** The index of each token; -1 for a mask token without an index. @throws ValueError for an unknown token without OOV. */
  indicesOf(tokens: readonly T[]): number[] {
    const vocabulary = this.requireVocabulary();
    const { maskToken, masksHaveIndex, numOovIndices } = this.special();
    const firstOov = maskToken !== null && masksHaveIndex ? 1 : 0;
    const maskIndex = masksHaveIndex ? 0 : -1;
    const indices = tokens.map((token) => {
      if (token === maskToken) return maskIndex;
      const known = vocabulary.indexOf(token);
      if (known !== undefined) return known;
      return numOovIndices === 0 ? Number.NaN : firstOov + this.#oovIndex(token, numOovIndices);
    });
    if (numOovIndices === 0 && indices.some(Number.isNaN)) {
      const unknown = tokens.filter((_, i) => Number.isNaN(indices[i]));
      throw new KerasValueError(
        `When \`num_oov_indices=0\` all inputs should be in vocabulary, found OOV values ${showValue(unknown.slice(0, 10))}, consider setting \`num_oov_indices=1\`.`,
      );
    }
    return indices;
  }

  #oovIndex(token: T, count: number): number {
    if (count === 1) return 0;
    const { oovMethod, salt } = this.lookup;
    if (oovMethod === 'floormod' && typeof token === 'number') return this.remainderOf(token, count);
    const text = String(token);
    return bucketOf(salt ? saltedFingerprint(text, salt) : fingerprint(text), count);
  }

  override getKerasConfig(): Record<string, Json> {
    return this.#config(this.#origin !== 'data' || this.#breaksLines());
  }

  /** The config with the vocabulary, for files that have no place for it beside the config. */
  getPortableConfig(): Record<string, Json> {
    return this.#config(true);
  }

  #config(withVocabulary: boolean): Record<string, Json> {
    const vocabulary = this.#vocabulary;
    const first = (vocabulary?.size ?? 0) - this.#given.length;
    const isWritten = vocabulary !== null && withVocabulary;
    return {
      ...super.getKerasConfig(),
      vocabulary: isWritten ? ([...this.#given] as readonly Json[]) : null,
      // A file with padToMaxTokens has zeros behind the weights of the vocabulary.
      idf_weights: isWritten && this.#idf ? this.#idf.slice(first, vocabulary.size) : null,
      vocabulary_size: vocabulary ? vocabulary.size : null,
    };
  }

  /** The config for TensorFlow.js's model.json, with the vocabulary. */
  override getConfig(): serialization.ConfigDict {
    const { vocabulary, idf_weights: idfWeights } = this.#config(true);
    const tokens = (vocabulary as readonly T[] | null)?.map((token) => this.writeToken(token)) ?? null;
    return { ...super.getConfig(), vocabulary: tokens, idfWeights } as serialization.ConfigDict;
  }

  /** Whether a token holds a line break, so that a file of lines would lose it. Keras loses it. */
  #breaksLines(): boolean {
    return this.#vocabulary?.tokens.some((token) => holdsLineBreak(String(token))) ?? false;
  }

  saveAssets(): Readonly<Record<string, string>> {
    if (!this.#vocabulary || this.#origin !== 'data' || this.#breaksLines()) return {};
    return { 'vocabulary.txt': this.#vocabulary.all.join('\n') };
  }

  loadAssets(files: Readonly<Record<string, string>>): void {
    const text = files['vocabulary.txt'];
    if (text === undefined) return;
    const expected = this.lookup.vocabularySize;
    const vocabulary = linesOf(text, expected).map((line) => this.readToken(line));
    const first = specialTokens(this.special()).length;
    const size = vocabulary.length;
    if (this.lookup.outputMode === 'tf_idf' && (this.#idf?.length ?? 0) < size) {
      throw new KerasValueError(
        `Layer '${this.name}': the file must have a weight for each token. Received: ${this.#idf?.length ?? 0} idf_weights and ${size} tokens`,
      );
    }
    const isFixed = this.lookup.outputMode !== 'int' && !this.lookup.padToMaxTokens;
    if (expected !== null && (expected > size || (isFixed && expected !== size))) {
      throw new KerasValueError(
        `Layer '${this.name}': the file must have a line for each token. Received: vocabulary_size=${expected} and ${size} tokens`,
      );
    }
    this.#set(vocabulary, this.#idf?.slice(first, size) ?? null, 'data');
  }

  override saveState(): Tensor[] {
    const weights = this.#paddedWeights();
    return weights ? [tensor(weights, [weights.length], 'float32')] : [];
  }

  override stateShapes(): readonly Shape[] {
    return this.lookup.outputMode === 'tf_idf' && (this.#idf || this.#origin === 'none') ? [[null]] : [];
  }

  /** Takes the weights of all indices. The vocabulary comes before or after them. */
  override loadState([weights]: readonly Tensor[]): void {
    if (weights) this.#idf = Array.from(weights.dataSync());
  }
}

/** The weights with those of the special tokens in front: the average. */
function withSpecialWeights(weights: readonly number[], count: number): number[] {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return [...Array<number>(count).fill(mean), ...weights];
}
