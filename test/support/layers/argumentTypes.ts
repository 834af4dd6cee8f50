// The arguments' types and the tables of fields say the same: checked by the compiler, for each class of the entry `layers`.

import type { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../../../src/layers/base/layerArgs.js';
import type * as entry from '../../../src/layers.js';

type Entry = typeof entry;
type LayerClass = new (args: never, context?: LayerContext) => KerasLayer;

type FieldsOf<C extends LayerClass> = keyof InstanceType<C>['config'];
type ArgumentsOf<C extends LayerClass> = C extends new (
  args: infer A,
  context?: LayerContext,
) => unknown
  ? keyof NonNullable<A>
  : never;

/** Rows of the table that no argument sets, and arguments that have no row. */
type Differences<C extends LayerClass> =
  | Exclude<FieldsOf<C>, ArgumentsOf<C>>
  | Exclude<ArgumentsOf<C>, FieldsOf<C> | keyof BaseLayerArgs>;

/** A record for each class that has differences, with a text for each of them. */
type Reasons = {
  readonly [K in keyof Entry as Entry[K] extends LayerClass
    ? Differences<Entry[K]> extends never
      ? never
      : K
    : never]: Entry[K] extends LayerClass ? Readonly<Record<Differences<Entry[K]>, string>> : never;
};

const vocabularySize = {
  vocabularySize: 'in configs: the number of tokens of a vocabulary that a file holds beside the config',
};
const noGroups = { groups: 'Keras 2 wrote groups=1 into configs of layers without groups' };

/** The differences that are meant. The compiler demands every one, and refuses every other. */
export const differences: Reasons = {
  SimpleRNN: { seed: 'as in Keras, the config does not contain it' },
  LeakyReLU: { alpha: 'the name of negativeSlope in Keras 2' },
  DepthwiseConv1D: noGroups,
  DepthwiseConv2D: noGroups,
  SeparableConv1D: noGroups,
  SeparableConvolution1D: noGroups,
  SeparableConv2D: noGroups,
  SeparableConvolution2D: noGroups,
  Embedding: { inputLength: 'an argument of Keras 2 for the shape of the input' },
  ReversibleEmbedding: { inputLength: 'an argument of Keras 2 for the shape of the input' },
  StringLookup: vocabularySize,
  IntegerLookup: vocabularySize,
  TextVectorization: vocabularySize,
  RandomGrayscale: { seed: 'as in Keras, the config does not contain it' },
};
