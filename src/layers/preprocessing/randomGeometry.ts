// The layers RandomFlip and RandomCrop.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { cast, less, maximum, reshape, reverse, sub, type Tensor, tensor1d, where } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { dataFormat, oneOf, positiveInteger } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { seedField } from '../random/randomSource.js';
import { randomSeed } from '../random/seededRandom.js';
import { resizeImages } from '../reshaping/resizeImages.js';
import { type AugmentationArgs, DrawnAugmentation } from './augmentation.js';
import { type BoxesAndLabels, clipCorners, flipCorners, fromCorners, toCorners, withBoxes } from './boundingBoxes.js';
import { IMAGES, MASKS, mapParts, type Parts } from './imageLayer.js';
import { applyToBatch, cropImages, cropImagesToAspectRatio, type Size, sizeOf, withSize } from './images.js';

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
export class RandomFlip extends DrawnAugmentation<typeof flipFields, Tensor> {
  static readonly className: string = 'RandomFlip';

  constructor(args: RandomFlipArgs = {}, context?: LayerContext) {
    super(args, flipFields, context);
  }

  /** Which images are flipped: [n, 1, 1, 1]. */
  override draw(x: Tensor): Tensor {
    return less(this.random.drawUniform([x.shape[0], 1, 1, 1]), 0.5);
  }

  override applyDraw(x: Tensor, isFlipped: Tensor): Tensor {
    const { mode, dataFormat } = this.config;
    const height = dataFormat === 'channels_last' ? 1 : 2;
    const flip = (y: Tensor, axis: number) => where(isFlipped, reverse(y, axis), y);
    const flipped = mode === 'vertical' ? x : flip(x, height + 1);
    return mode === 'horizontal' ? flipped : flip(flipped, height);
  }

  protected override applyToParts(parts: Parts, images: Tensor, isFlipped: Tensor): Parts {
    const flip = (x: Tensor) => this.applyDraw(cast(x, 'float32'), isFlipped);
    const made = mapParts(parts, { [IMAGES]: flip, [MASKS]: flip });
    return withBoxes(made, (boxes, labels) => this.#flipBoxes(boxes, labels, images, isFlipped));
  }

  #flipBoxes(boxes: Tensor, labels: Tensor, images: Tensor, isFlipped: Tensor): BoxesAndLabels {
    const { mode, dataFormat } = this.config;
    const size = sizeOf(images, dataFormat);
    const format = this.boxFormat as string;
    const flips = reshape(isFlipped, [-1, 1, 1]);
    const flip = (y: Tensor, axis: 0 | 1) => where(flips, flipCorners(y, axis), y);
    const corners = toCorners(boxes, format, size, true);
    const flipped = mode === 'vertical' ? corners : flip(corners, 0);
    const both = mode === 'horizontal' ? flipped : flip(flipped, 1);
    const clipped = clipCorners(both, labels, size); // in parts of the image, by its size in pixels: as Keras
    return { boxes: fromCorners(clipped.boxes, format, size, true), labels: clipped.labels };
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
export class RandomCrop extends DrawnAugmentation<typeof cropFields, Size> {
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

  protected override imageShape(shape: Shape): Shape {
    return withSize(shape, this.#size, this.config.dataFormat);
  }

  /** Where the part begins: at random, or in the middle of images that are too small. */
  override draw(images: Tensor): Size {
    const size = this.#size;
    const [height, width] = sizeOf(images, this.config.dataFormat);
    if (height <= size[0] || width <= size[1]) return this.#middle(images);
    const drawOffset = (free: number) => Math.floor(this.random.drawUniform([1]).dataSync()[0] * (free + 1));
    return [drawOffset(height - size[0]), drawOffset(width - size[1])];
  }

  override applyDraw(images: Tensor, from: Size): Tensor {
    const { dataFormat } = this.config;
    const size = this.#size;
    const [height, width] = sizeOf(images, dataFormat);
    const isSmall = height <= size[0] || width <= size[1];
    if (isSmall && this.#inference === 'resize') return this.#resize(cropImagesToAspectRatio(images, size, dataFormat));
    const kept: Size = [Math.min(size[0], height - from[0]), Math.min(size[1], width - from[1])];
    const part = cropImages(images, from, kept, dataFormat);
    return kept[0] === size[0] && kept[1] === size[1] ? part : this.#resize(part);
  }

  protected override applyToParts(parts: Parts, _images: Tensor, from: Size): Parts {
    const crop = (x: Tensor) => this.applyDraw(cast(x, 'float32'), from);
    const made = mapParts(parts, { [IMAGES]: crop, [MASKS]: crop });
    return withBoxes(made, (boxes, labels) => ({ boxes: this.#moveBoxes(boxes, from), labels }));
  }

  /** As Keras: parts of the image are parts of the output, x moves by rows and y by columns, and nothing ends before 0. */
  #moveBoxes(boxes: Tensor, [top, left]: Size): Tensor {
    const format = this.boxFormat as string;
    const moved = sub(toCorners(boxes, format, this.#size), tensor1d([top, left, top, left]));
    return fromCorners(maximum(moved, 0), format, this.#size);
  }

  /** Keras crops the masks at inference too, around the middle. */
  protected override partsAtInference(parts: Parts, images: Tensor): Parts {
    const crop = (x: Tensor) => this.applyDraw(cast(x, 'float32'), this.#middle(images));
    return mapParts(parts, { [IMAGES]: (x) => this.atInference(x), [MASKS]: crop });
  }

  #middle(images: Tensor): Size {
    const size = this.#size;
    const [height, width] = sizeOf(images, this.config.dataFormat);
    const boxHeight = Math.max(Math.min(height, Math.trunc((width * size[0]) / size[1])), 1);
    const boxWidth = Math.max(Math.min(width, Math.trunc((height * size[1]) / size[0])), 1);
    return [Math.trunc((height - boxHeight) / 2), Math.trunc((width - boxWidth) / 2)];
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
      return this.applyDraw(x, this.#middle(x));
    });
  }
}

/** Makes a RandomCrop layer. Arguments, shapes and errors are those of the class. */
export function randomCrop(args: RandomCropArgs): RandomCrop {
  return new RandomCrop(args);
}
