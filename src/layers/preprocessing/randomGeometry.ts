// The layers RandomFlip, RandomCrop, RandomRotation, RandomZoom and RandomTranslation.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import {
  concat,
  image,
  less,
  reverse,
  type Tensor,
  type Tensor4D,
  tensor2d,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { dataFormat, type Fields, type KerasDataFormat, number, oneOf, positiveInteger } from '../base/fields.js';
import { onlyShape } from '../base/inputs.js';
import type { LayerContext } from '../base/layerArgs.js';
import { split } from '../base/parts.js';
import { uniformNumbers } from '../random/distributions.js';
import { seedField } from '../random/randomSource.js';
import { randomSeed } from '../random/seededRandom.js';
import { resizeImages } from '../reshaping/resizeImages.js';
import {
  Augmentation,
  type AugmentationArgs,
  type Range,
  rangeAsGiven,
  rangeAsGivenOrNull,
  rangeField,
  rangeOf,
} from './augmentation.js';
import { cropImages, cropImagesToAspectRatio, type Size, sizeOf, withSize } from './images.js';
import { applyToBatch } from './resizing.js';

const modes = ['horizontal', 'vertical', 'horizontal_and_vertical'] as const;

const flipFields = {
  dataFormat: dataFormat(),
  seed: seedField(),
  mode: oneOf(modes, 'horizontal_and_vertical'),
};

/** The arguments of Keras's RandomFlip. */
export interface RandomFlipArgs extends AugmentationArgs {
  /** 'horizontal', 'vertical' or 'horizontal_and_vertical' (default). */
  mode?: string;
}

/**
 * Flips each image with probability 1/2 while training. With both directions an image is flipped in both or in none.
 * Input and output: images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
 */
export class RandomFlip extends Augmentation<typeof flipFields> {
  static readonly className: string = 'RandomFlip';

  constructor(args: RandomFlipArgs = {}, context?: LayerContext) {
    super(args, flipFields, context);
  }

  protected override transform(x: Tensor): Tensor {
    const { mode, dataFormat } = this.config;
    const height = dataFormat === 'channels_last' ? 1 : 2;
    const isFlipped = less(this.random.drawUniform([x.shape[0], 1, 1, 1]), 0.5);
    const flip = (y: Tensor, axis: number) => where(isFlipped, reverse(y, axis), y);
    const flipped = mode === 'vertical' ? x : flip(x, height + 1);
    return mode === 'horizontal' ? flipped : flip(flipped, height);
  }
}

/** Makes a RandomFlip layer. Arguments, shapes and errors are those of the class. */
export function randomFlip(args: RandomFlipArgs = {}): RandomFlip {
  return new RandomFlip(args);
}

const cropFields = {
  dataFormat: dataFormat(),
  height: positiveInteger(),
  width: positiveInteger(),
  seed: seedField(),
};

/** The arguments of Keras's RandomCrop. */
export interface RandomCropArgs extends AugmentationArgs {
  /** Height of the output. */
  height: number;
  /** Width of the output. */
  width: number;
}

/**
 * Crops a batch at one random position while training. Images that are too small are cropped to the aspect ratio around
 * their center and enlarged. At inference it is the identity, in files before Keras 3.8 a crop of the center. Input and output: images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
 */
export class RandomCrop extends Augmentation<typeof cropFields> {
  static readonly className: string = 'RandomCrop';

  /** Before 3.6 Keras resizes at inference, in 3.6 and 3.7 it crops too, since 3.8 it leaves images as they are. */
  readonly #inference: 'resize' | 'crop' | 'same';
  /** Whether outputs have another size in training than at inference. */
  readonly variesSize: boolean;

  constructor(args: RandomCropArgs, context?: LayerContext) {
    // As in Keras, a seed that is drawn here is part of the config.
    super({ ...args, seed: args.seed ?? randomSeed() }, cropFields, context);
    const { kerasVersion } = context ?? {};
    this.#inference = isBefore(kerasVersion, 3, 6) ? 'resize' : isBefore(kerasVersion, 3, 8) ? 'crop' : 'same';
    this.variesSize = this.#inference === 'same';
    this.supportsMasking = this.supportsMasking && this.variesSize;
  }

  get #size(): Size {
    return [this.config.height, this.config.width];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return withSize(onlyShape(inputShape), this.#size, this.config.dataFormat);
  }

  protected override transform(x: Tensor): Tensor {
    const { dataFormat } = this.config;
    const size = this.#size;
    const [height, width] = sizeOf(x, dataFormat);
    if (height > size[0] && width > size[1]) {
      const drawOffset = (free: number) => Math.floor(this.random.drawUniform([1]).dataSync()[0] * (free + 1));
      return cropImages(x, [drawOffset(height - size[0]), drawOffset(width - size[1])], size, dataFormat);
    }
    return this.#resize(cropImagesToAspectRatio(x, size, dataFormat));
  }

  #resize(images: Tensor): Tensor {
    const { dataFormat } = this.config;
    return resizeImages(images, { size: this.#size, dataFormat, interpolation: 'bilinear', antialias: false });
  }

  protected override atInference(images: Tensor): Tensor {
    const { dataFormat } = this.config;
    const size = this.#size;
    if (this.#inference === 'same') return images;
    return applyToBatch(images, (x) => {
      if (this.#inference === 'resize') return this.#resize(cropImagesToAspectRatio(x, size, dataFormat));
      const [height, width] = sizeOf(x, dataFormat);
      const boxHeight = Math.max(Math.min(height, Math.trunc((width * size[0]) / size[1])), 1);
      const boxWidth = Math.max(Math.min(width, Math.trunc((height * size[1]) / size[0])), 1);
      const start: Size = [Math.trunc((height - boxHeight) / 2), Math.trunc((width - boxWidth) / 2)];
      const kept: Size = [Math.min(size[0], height - start[0]), Math.min(size[1], width - start[1])];
      const part = cropImages(x, start, kept, dataFormat);
      return kept[0] === size[0] && kept[1] === size[1] ? part : this.#resize(part);
    });
  }
}

/** Makes a RandomCrop layer. Arguments, shapes and errors are those of the class. */
export function randomCrop(args: RandomCropArgs): RandomCrop {
  return new RandomCrop(args);
}

const affineTransformFields = {
  dataFormat: dataFormat(),
  fillMode: oneOf(['reflect', 'wrap', 'constant', 'nearest'], 'reflect'),
  interpolation: oneOf(['nearest', 'bilinear'], 'bilinear'),
  seed: seedField(),
  fillValue: number(0),
};

interface AffineTransformArgs extends AugmentationArgs {
  /** How points beyond the borders are filled: 'reflect' (default), 'wrap', 'constant' or 'nearest'. */
  fillMode?: string;
  /** 'bilinear' (default) or 'nearest'. */
  interpolation?: string;
  /** The value of fillMode 'constant'. Default 0. */
  fillValue?: number;
}

interface AffineTransformConfig {
  readonly dataFormat: KerasDataFormat;
  readonly fillMode: 'reflect' | 'wrap' | 'constant' | 'nearest';
  readonly interpolation: 'nearest' | 'bilinear';
  readonly fillValue: number;
}

/** The numbers a, b, c, d, e, f: the output pixel (x, y) is read at (a x + b y + c, d x + e y + f). */
export type Affine = readonly [number, number, number, number, number, number];

/** A layer that draws an affine map for each image. */
export abstract class AffineAugmentation<F extends Fields> extends Augmentation<F> {
  /** Computes the transform of one image of this size. `draw` draws a random number from a range. */
  protected abstract affine(size: Size, draw: (range: Range) => number): Affine;

  protected override transform(x: Tensor): Tensor {
    const { dataFormat, fillMode, interpolation, fillValue } = this.config as unknown as AffineTransformConfig;
    const isLast = dataFormat === 'channels_last';
    const size = sizeOf(x, dataFormat);
    const draw = (range: Range) => uniformNumbers(this.random.stream, 1, ...range)[0];
    const images = (isLast ? x : transpose(x, [0, 2, 3, 1])) as Tensor4D;
    // One by one, since TensorFlow.js's plain JavaScript backend transforms only the first image of a batch.
    const each = split(images, x.shape[0]).map((single) => {
      const transforms = tensor2d([[...this.affine(size, draw), 0, 0]]);
      return image.transform(single as Tensor4D, transforms, interpolation, fillMode, fillValue, [...size]);
    });
    const transformed = concat(each);
    return isLast ? transformed : transpose(transformed, [0, 3, 1, 2]);
  }
}

const rotationFields = { ...affineTransformFields, factor: rangeField(-1, 1) };

/** The arguments of Keras's RandomRotation. */
export interface RandomRotationArgs extends AffineTransformArgs {
  /** One number or [lower, upper] in [-1, 1], in full turns. */
  factor: number | Range;
}

/**
 * Rotates each image around its center while training. Input and output: images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/
 */
export class RandomRotation extends AffineAugmentation<typeof rotationFields> {
  static readonly className: string = 'RandomRotation';

  constructor(args: RandomRotationArgs, context?: LayerContext) {
    super(args, rotationFields, context);
  }

  protected override affine([height, width]: Size, draw: (range: Range) => number): Affine {
    const angle = 2 * Math.PI * draw(this.config.factor);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [x, y] = [(width - 1) / 2, (height - 1) / 2];
    return [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y];
  }
}

/** Makes a RandomRotation layer. Arguments, shapes and errors are those of the class. */
export function randomRotation(args: RandomRotationArgs): RandomRotation {
  return new RandomRotation(args);
}

const zoomFields = { ...affineTransformFields, heightFactor: rangeAsGiven(), widthFactor: rangeAsGivenOrNull() };

/** The arguments of Keras's RandomZoom. */
export interface RandomZoomArgs extends AffineTransformArgs {
  /** One number or [lower, upper]. Numbers above 0 zoom out, numbers below 0 zoom in. */
  heightFactor: number | Range;
  /** Default null: as the height, which keeps the aspect ratio. */
  widthFactor?: number | Range | null;
}

/**
 * Zooms each image around its center while training. Input and output: images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/
 */
export class RandomZoom extends AffineAugmentation<typeof zoomFields> {
  static readonly className: string = 'RandomZoom';

  constructor(args: RandomZoomArgs, context?: LayerContext) {
    super(args, zoomFields, context);
  }

  protected override affine([height, width]: Size, draw: (range: Range) => number): Affine {
    const { heightFactor, widthFactor } = this.config;
    const zoomH = 1 + draw(rangeOf(heightFactor));
    const zoomW = widthFactor === null ? zoomH : 1 + draw(rangeOf(widthFactor));
    return [zoomW, 0, ((width - 1) / 2) * (1 - zoomW), 0, zoomH, ((height - 1) / 2) * (1 - zoomH)];
  }
}

/** Makes a RandomZoom layer. Arguments, shapes and errors are those of the class. */
export function randomZoom(args: RandomZoomArgs): RandomZoom {
  return new RandomZoom(args);
}

const translationFields = { ...affineTransformFields, heightFactor: rangeAsGiven(), widthFactor: rangeAsGiven() };

/** The arguments of Keras's RandomTranslation. */
export interface RandomTranslationArgs extends AffineTransformArgs {
  /** One number or [lower, upper], as a fraction of the height. */
  heightFactor: number | Range;
  /** One number or [lower, upper], as a fraction of the width. */
  widthFactor: number | Range;
}

/**
 * Translates each image while training. Input and output: images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
 */
export class RandomTranslation extends AffineAugmentation<typeof translationFields> {
  static readonly className: string = 'RandomTranslation';

  constructor(args: RandomTranslationArgs, context?: LayerContext) {
    super(args, translationFields, context);
  }

  protected override affine([height, width]: Size, draw: (range: Range) => number): Affine {
    const { heightFactor, widthFactor } = this.config;
    return [1, 0, -draw(rangeOf(widthFactor)) * width, 0, 1, -draw(rangeOf(heightFactor)) * height];
  }
}

/** Makes a RandomTranslation layer. Arguments, shapes and errors are those of the class. */
export function randomTranslation(args: RandomTranslationArgs): RandomTranslation {
  return new RandomTranslation(args);
}
