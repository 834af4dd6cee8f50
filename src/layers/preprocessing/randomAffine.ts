// The layers RandomRotation, RandomZoom and RandomTranslation, which move the pixels of each image by an affine map.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { concat, image, type Tensor, type Tensor4D, tensor2d, transpose } from '@tensorflow/tfjs-core';
import { dataFormat, type Fields, type KerasDataFormat, number, oneOf } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { split } from '../base/parts.js';
import { uniformNumbers } from '../random/distributions.js';
import { seedField } from '../random/randomSource.js';
import {
  type AugmentationArgs,
  MovingAugmentation,
  type Range,
  rangeAsGiven,
  rangeAsGivenOrNull,
  rangeField,
  rangeOf,
} from './augmentation.js';
import { type BoxesAndLabels, clipCorners, fromCorners, toCorners } from './boundingBoxes.js';
import { type Size, sizeOf } from './images.js';
import { type Affine, rotateCorners, translateCorners, zoomCorners } from './movedBoxes.js';
import { invertAffine, withInverse } from './warpGradients.js';

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

/** A layer that draws an affine map for each image. */
export abstract class AffineAugmentation<F extends Fields> extends MovingAugmentation<F, readonly Affine[]> {
  /** Computes the transform of one image of this size. `draw` draws a random number from a range. */
  protected abstract affine(size: Size, draw: (range: Range) => number): Affine;

  override draw(x: Tensor): readonly Affine[] {
    const size = sizeOf(x, (this.config as unknown as AffineTransformConfig).dataFormat);
    const draw = (range: Range) => uniformNumbers(this.random.stream, 1, ...range)[0];
    return Array.from({ length: x.shape[0] }, () => this.affine(size, draw));
  }

  override applyDraw(x: Tensor, affines: readonly Affine[], sampling?: 'nearest'): Tensor {
    const { dataFormat, fillMode, interpolation, fillValue } = this.config as unknown as AffineTransformConfig;
    const isLast = dataFormat === 'channels_last';
    const size = sizeOf(x, dataFormat);
    const images = (isLast ? x : transpose(x, [0, 2, 3, 1])) as Tensor4D;
    const move = (image4d: Tensor, affine: Affine, fill: number) => {
      const row = tensor2d([[...affine, 0, 0]]);
      return image.transform(image4d as Tensor4D, row, sampling ?? interpolation, fillMode, fill, [...size]);
    };
    // One by one, since TensorFlow.js's plain JavaScript backend transforms only the first image of a batch.
    const each = split(images, x.shape[0]).map((single, i) => {
      const backward = (dy: Tensor) => move(dy, invertAffine(affines[i]), 0);
      return withInverse(single, (given) => move(given, affines[i], fillValue), backward);
    });
    const transformed = concat(each);
    return isLast ? transformed : transpose(transformed, [0, 3, 1, 2]);
  }

  /** Corners in pixels within the image, in the layer's format. */
  protected clipped(corners: Tensor, labels: Tensor, size: Size): BoxesAndLabels {
    const inside = clipCorners(corners, labels, size);
    return { boxes: fromCorners(inside.boxes, this.boxFormat as string, size), labels: inside.labels };
  }

  /** Corners in parts of the image within it, in the layer's format. */
  protected clippedParts(corners: Tensor, labels: Tensor, size: Size): BoxesAndLabels {
    const inside = clipCorners(corners, labels, [1, 1]);
    return { boxes: fromCorners(inside.boxes, this.boxFormat as string, size, true), labels: inside.labels };
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

  /** As Keras, which takes the numbers of every format for corners in pixels. */
  protected override moveBoxes(
    { boxes, labels }: BoxesAndLabels,
    affines: readonly Affine[],
    size: Size,
  ): BoxesAndLabels {
    const rotated = rotateCorners(toCorners(boxes, 'xyxy', size), affines, size);
    return this.clipped(rotated, labels, size);
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

  protected override moveBoxes(
    { boxes, labels }: BoxesAndLabels,
    affines: readonly Affine[],
    size: Size,
  ): BoxesAndLabels {
    const zoomed = zoomCorners(toCorners(boxes, this.boxFormat as string, size), affines, size);
    return this.clippedParts(zoomed, labels, size);
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

  protected override moveBoxes(
    { boxes, labels }: BoxesAndLabels,
    affines: readonly Affine[],
    size: Size,
  ): BoxesAndLabels {
    const moved = translateCorners(toCorners(boxes, this.boxFormat as string, size), affines);
    return this.clipped(moved, labels, size);
  }
}

/** Makes a RandomTranslation layer. Arguments, shapes and errors are those of the class. */
export function randomTranslation(args: RandomTranslationArgs): RandomTranslation {
  return new RandomTranslation(args);
}
