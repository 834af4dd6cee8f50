// The layers RandAugment and AugMix, which apply other layers at random.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { add, cast, clipByValue, mul, type Tensor } from '@tensorflow/tfjs-core';
import {
  boolean,
  dataFormat,
  type Fields,
  type KerasDataFormat,
  number,
  oneOf,
  positiveInteger,
} from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { betaNumbers, dirichletWeights, randomIntegers } from '../random/distributions.js';
import { type RandomSource, seedField } from '../random/randomSource.js';
import {
  Augmentation,
  type AugmentationArgs,
  DrawnAugmentation,
  MovingAugmentation,
  type Range,
  rangeField,
  valueRange,
} from './augmentation.js';
import { AutoContrast } from './autoContrast.js';
import { Equalization } from './equalization.js';
import { BOX_LABELS, BOXES, IMAGES, type ImageLayer, MASKS, mapParts, type Parts } from './imageLayer.js';
import { RandomRotation, RandomTranslation } from './randomAffine.js';
import { RandomBrightness, RandomContrast } from './randomColors.js';
import { RandomColorDegeneration } from './randomHues.js';
import { RandomPosterization, RandomSharpness, Solarization } from './randomValues.js';
import { RandomShear } from './randomWarps.js';

interface Strength {
  readonly factor: Range;
  readonly valueRange: Range;
  readonly interpolation: string;
  readonly dataFormat: KerasDataFormat;
  readonly boundingBoxFormat?: string | null;
}

/** The layers that are applied at random: seven that both policies have, and four more. */
function policyLayers(config: Strength, random: RandomSource, isAll: boolean): readonly ImageLayer<Fields>[] {
  const { factor, valueRange, interpolation, dataFormat, boundingBoxFormat } = config;
  const moved = { interpolation, dataFormat, boundingBoxFormat };
  const colored = { factor, valueRange, dataFormat };
  const bits = Math.max(1, Math.trunc(8 * factor[1]));
  const layers: readonly ImageLayer<Fields>[] = [
    new RandomShear({ xFactor: factor, yFactor: factor, ...moved }),
    new RandomTranslation({ heightFactor: factor, widthFactor: factor, ...moved }),
    new RandomRotation({ factor, ...moved }),
    new RandomPosterization({ ...colored, factor: bits }),
    new Solarization({ additionFactor: factor, thresholdFactor: factor, valueRange, dataFormat }),
    new AutoContrast({ valueRange, dataFormat }),
    new Equalization({ valueRange, dataFormat }),
    ...(isAll
      ? [
          new RandomBrightness(colored),
          new RandomColorDegeneration(colored),
          new RandomContrast(colored),
          new RandomSharpness(colored),
        ]
      : []),
  ];
  for (const layer of layers) if (layer instanceof Augmentation) layer.random = random;
  return layers;
}

const applied = (layer: ImageLayer<Fields>, images: Tensor) => layer.call(images, { training: true }) as Tensor;

const augMixFields = {
  dataFormat: dataFormat(),
  valueRange: valueRange(),
  numChains: positiveInteger(3),
  chainDepth: positiveInteger(3),
  factor: rangeField(0, 1, 0.3),
  alpha: number(1),
  allOps: boolean(true),
  interpolation: oneOf(['bilinear', 'nearest'], 'bilinear'),
  seed: seedField(),
};

/** The arguments of Keras's AugMix. */
export interface AugMixArgs extends AugmentationArgs {
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
  /** The number of chains that are mixed. Default 3. */
  numChains?: number;
  /** Transformations of a chain. Default 3. */
  chainDepth?: number;
  /** Strength of the transformations. One number or [lower, upper] in [0, 1]. Default 0.3. */
  factor?: number | Range;
  /** Parameter of the distribution of the chains' weights. Default 1. */
  alpha?: number;
  /** Whether all transformations are used. Default true. */
  allOps?: boolean;
  /** Default 'bilinear'. */
  interpolation?: string;
}

/** What is drawn: the weights of the chains and of the images themselves, and the layers of each chain with their draws. */
export interface AugMixDraw {
  readonly weights: readonly number[];
  readonly own: number;
  readonly chains: readonly (readonly PolicyStep[])[];
}

/** A layer by its place among the layers, and what it draws; nothing for a layer that draws nothing. */
interface PolicyStep {
  readonly layer: number;
  readonly draw?: unknown;
}

/**
 * Mixes each batch with chains of random transformations of it while training, and segmentation masks with the same chains
 * of themselves. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/aug_mix/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class AugMix extends DrawnAugmentation<typeof augMixFields, AugMixDraw> {
  static readonly className: string = 'AugMix';

  readonly #layers: readonly ImageLayer<Fields>[];

  constructor(args: AugMixArgs = {}, context?: LayerContext) {
    super(args, augMixFields, context);
    this.#layers = policyLayers(this.config as unknown as Strength, this.random, this.config.allOps);
  }

  /** Each chain has as many layers as it is long, but for those that are none. */
  override draw(images: Tensor): AugMixDraw {
    const { numChains, chainDepth, alpha } = this.config;
    const { stream } = this.random;
    const weights = dirichletWeights(stream, numChains, alpha);
    const [own] = betaNumbers(stream, 1, alpha);
    const chains = weights.map(() =>
      randomIntegers(stream, chainDepth, 0, this.#layers.length + 1)
        .filter((index) => index < this.#layers.length)
        .map((index) => {
          const layer = this.#layers[index];
          return { layer: index, draw: layer instanceof DrawnAugmentation ? layer.draw(images) : undefined };
        }),
    );
    return { weights, own, chains };
  }

  override applyDraw(images: Tensor, draw: AugMixDraw): Tensor {
    const through = (x: Tensor, layer: ImageLayer<Fields>, drawn: unknown) =>
      layer instanceof DrawnAugmentation ? layer.applyDraw(x, drawn) : applied(layer, x);
    return clipByValue(this.#mix(images, draw, through), ...this.config.valueRange);
  }

  /** As in Keras, masks are not clipped, and layers that change colors leave them as they are. */
  protected override applyToParts(parts: Parts, images: Tensor, draw: AugMixDraw): Parts {
    const through = (x: Tensor, layer: ImageLayer<Fields>, drawn: unknown) =>
      layer instanceof MovingAugmentation ? layer.applyDraw(x, drawn, 'nearest') : x;
    return mapParts(new Map(parts).set(IMAGES, this.applyDraw(images, draw)), {
      [MASKS]: (masks) => this.#mix(cast(masks, 'float32'), draw, through),
    });
  }

  #mix(x: Tensor, { weights, own, chains }: AugMixDraw, through: Through): Tensor {
    const ends = chains.map((steps) => steps.reduce((y, { layer, draw }) => through(y, this.#layers[layer], draw), x));
    const parts = ends.map((end, i) => mul(end, weights[i] * (1 - own)));
    return parts.reduce((sum, part) => add(sum, part), mul(x, own));
  }
}

type Through = (x: Tensor, layer: ImageLayer<Fields>, draw: unknown) => Tensor;

/** Makes an AugMix layer. Arguments, shapes and errors are those of the class. */
export function augMix(args: AugMixArgs = {}): AugMix {
  return new AugMix(args);
}

const randAugmentFields = {
  dataFormat: dataFormat(),
  valueRange: valueRange(),
  numOps: positiveInteger(2),
  factor: rangeField(0, 1, 0.5),
  interpolation: oneOf(['bilinear', 'nearest'], 'bilinear'),
  seed: seedField(),
};

/** The arguments of Keras's RandAugment. */
export interface RandAugmentArgs extends AugmentationArgs {
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
  /** Transformations of an image. Default 2. */
  numOps?: number;
  /** Strength of the transformations. One number or [lower, upper] in [0, 1]. Default 0.5. */
  factor?: number | Range;
  /** Default 'bilinear'. */
  interpolation?: string;
}

/**
 * Applies transformations that it draws for the batch while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/rand_augment/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandAugment extends Augmentation<typeof randAugmentFields> {
  static readonly className: string = 'RandAugment';

  /** The layers of which it chooses. */
  readonly layers: readonly ImageLayer<Fields>[];

  constructor(args: RandAugmentArgs = {}, context?: LayerContext) {
    super(args, randAugmentFields, context);
    this.layers = policyLayers(this.config as unknown as Strength, this.random, true);
  }

  protected override transform(images: Tensor): Tensor {
    return this.transformParts(new Map([[IMAGES, images]]), images).get(IMAGES) as Tensor;
  }

  /**
   * Each chosen layer draws once, also where it is chosen twice. Images and masks go through the layers in the order of
   * the choices; boxes go once through each chosen layer, in the order of the layers, as in Keras.
   */
  protected override transformParts(parts: Parts, images: Tensor): Parts {
    const layers = this.chooseLayers().map((choice) => this.layers[choice]);
    const draws = new Map<ImageLayer<Fields>, unknown>();
    for (const layer of new Set(layers)) if (layer instanceof DrawnAugmentation) draws.set(layer, layer.draw(images));
    const through = (x: Parts, layer: ImageLayer<Fields>) =>
      layer instanceof DrawnAugmentation
        ? layer.transformDrawn(x, draws.get(layer))
        : new Map(x).set(IMAGES, applied(layer, x.get(IMAGES) as Tensor));
    const others = new Map([...parts].filter(([key]) => key !== BOXES && key !== BOX_LABELS));
    const moved = layers.reduce<Parts>(through, others);
    const moving = this.layers.filter((layer) => draws.has(layer) && layer instanceof MovingAugmentation);
    const boxed = moving.reduce<Parts>(
      (x, layer) => (layer as MovingAugmentation<Fields, unknown>).withMovedBoxes(x, images, draws.get(layer)),
      parts,
    );
    return new Map([...boxed, ...moved]);
  }

  /** Draws which layers a batch goes through. */
  protected chooseLayers(): readonly number[] {
    return randomIntegers(this.random.stream, this.config.numOps, 0, this.layers.length);
  }
}

/** Makes a RandAugment layer. Arguments, shapes and errors are those of the class. */
export function randAugment(args: RandAugmentArgs = {}): RandAugment {
  return new RandAugment(args);
}
