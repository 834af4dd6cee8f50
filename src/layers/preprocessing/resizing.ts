// The layers Resizing and CenterCrop, which give images of a fixed size.
// Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/

import { all, cast, equal, logicalOr, sub, type Tensor, tensor1d, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean, dataFormat, number, oneOf, positiveInteger } from '../base/fields.js';
import { asIntegers, isIntegerDtype } from '../base/integerRange.js';
import { KerasValueError } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { type Interpolation, interpolations } from '../reshaping/resampleMatrix.js';
import { resizeImages } from '../reshaping/resizeImages.js';
import { type BoxesAndLabels, clipCorners, fromCorners, toCorners, withBoxes } from './boundingBoxes.js';
import { IMAGES, ImageLayer, type ImageLayerArgs, MASKS, mapParts, type Parts } from './imageLayer.js';
import {
  applyToBatch,
  cropImages,
  cropImagesToAspectRatio,
  padImagesToAspectRatio,
  partOfAspectRatio,
  type Size,
  sizeOf,
  withSize,
} from './images.js';
import { resizeCorners } from './movedBoxes.js';

const resizingFields = {
  height: positiveInteger(),
  width: positiveInteger(),
  interpolation: oneOf<Interpolation>(interpolations, 'bilinear'),
  cropToAspectRatio: boolean(false),
  padToAspectRatio: boolean(false),
  fillMode: oneOf(['constant'], 'constant', "must be 'constant', the only one that is supported"),
  fillValue: number(0),
  antialias: boolean(false),
  dataFormat: dataFormat(),
};

/** The arguments of Keras's Resizing. */
export interface ResizingArgs extends ImageLayerArgs {
  /** Height of the output. */
  height: number;
  /** Width of the output. */
  width: number;
  /** 'bilinear' (default), 'nearest', 'bicubic', 'lanczos3', 'lanczos5' or 'area', with half-pixel centers. */
  interpolation?: string;
  /** Whether to crop to the output's aspect ratio first. Default false. */
  cropToAspectRatio?: boolean;
  /** Whether to pad to the output's aspect ratio first. Default false. */
  padToAspectRatio?: boolean;
  /** Must be 'constant', the only mode that is supported. */
  fillMode?: string;
  /** The value of the padding. Default 0. */
  fillValue?: number;
  /** Whether downsampling smooths. Default false. */
  antialias?: boolean;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/**
 * Resizes images. Input: float32 or int32 images, one or a batch. Output: float32. Keras 3 rounds the output for an integer
 * input when the layer is called eagerly, but not within a model; there only an integer `dtype` of the layer makes integers.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
 */
export class Resizing extends ImageLayer<typeof resizingFields> {
  static readonly className: string = 'Resizing';

  constructor(args: ResizingArgs, context?: LayerContext) {
    super(args, resizingFields, context);
    const { cropToAspectRatio, padToAspectRatio } = this.config;
    if (cropToAspectRatio && padToAspectRatio) {
      throw new KerasValueError(
        'Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`. Received: pad_to_aspect_ratio=True, crop_to_aspect_ratio=True',
      );
    }
  }

  get #size(): Size {
    return [this.config.height, this.config.width];
  }

  protected override imageShape(shape: Shape): Shape {
    return withSize(shape, this.#size, this.config.dataFormat);
  }

  protected override callImages(images: Tensor): Tensor {
    const { name } = this.dtypePolicy;
    const resized = this.#resize(images, this.config.interpolation);
    return isIntegerDtype(name) ? asIntegers(resized, name) : resized;
  }

  protected override callParts(parts: Parts): Parts {
    const resized = (interpolation: Interpolation) => (x: Tensor) => this.#resize(cast(x, 'float32'), interpolation);
    const made = mapParts(parts, { [IMAGES]: resized(this.config.interpolation), [MASKS]: resized('nearest') });
    const from = sizeOf(parts.get(IMAGES) as Tensor, this.config.dataFormat);
    return withBoxes(made, (boxes, labels) => this.#resizeBoxes(boxes, labels, from));
  }

  /** Boxes whose four numbers are all 0 or all -1 stand for none, and become corners of zeros. */
  #resizeBoxes(boxes: Tensor, labels: Tensor, from: Size): BoxesAndLabels {
    const { cropToAspectRatio, padToAspectRatio } = this.config;
    const format = this.boxFormat as string;
    const fitting = padToAspectRatio ? 'pad' : cropToAspectRatio ? 'crop' : 'stretch';
    const isNone = logicalOr(all(equal(boxes, -1), -1, true), all(equal(boxes, 0), -1, true));
    const resized = resizeCorners(toCorners(boxes, format, from), from, this.#size, fitting);
    const inside = clipCorners(resized, labels, this.#size);
    const corners = where(isNone, zerosLike(inside.boxes), inside.boxes);
    return { boxes: fromCorners(corners, format, this.#size), labels: inside.labels };
  }

  #resize(images: Tensor, interpolation: Interpolation): Tensor {
    const { cropToAspectRatio, padToAspectRatio, fillValue, antialias, dataFormat } = this.config;
    const size = this.#size;
    return applyToBatch(images, (x) => {
      const cropped = cropToAspectRatio ? cropImagesToAspectRatio(x, size, dataFormat) : x;
      const padded = padToAspectRatio ? padImagesToAspectRatio(cropped, size, dataFormat, fillValue) : cropped;
      return resizeImages(padded, { antialias, dataFormat, interpolation, size });
    });
  }
}

/** Makes a Resizing layer. Arguments, shapes and errors are those of the class. */
export function resizing(args: ResizingArgs): Resizing {
  return new Resizing(args);
}

const cropFields = { height: positiveInteger(), width: positiveInteger(), dataFormat: dataFormat() };

/** The arguments of Keras's CenterCrop. */
export interface CenterCropArgs extends ImageLayerArgs {
  /** Height of the output. */
  height: number;
  /** Width of the output. */
  width: number;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/**
 * Crops each image around its center. Images that are too small are cropped to the aspect ratio and enlarged.
 * Input: float32 or int32 images, one or a batch. Output: float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
 */
export class CenterCrop extends ImageLayer<typeof cropFields> {
  static readonly className: string = 'CenterCrop';

  constructor(args: CenterCropArgs, context?: LayerContext) {
    super(args, cropFields, context);
  }

  get #size(): Size {
    return [this.config.height, this.config.width];
  }

  protected override imageShape(shape: Shape): Shape {
    return withSize(shape, this.#size, this.config.dataFormat);
  }

  protected override callImages(images: Tensor): Tensor {
    return applyToBatch(images, (x) => this.#crop(x));
  }

  protected override callParts(parts: Parts): Parts {
    const crop = (x: Tensor) => this.#crop(cast(x, 'float32'));
    const made = mapParts(parts, { [IMAGES]: crop, [MASKS]: crop });
    const from = sizeOf(parts.get(IMAGES) as Tensor, this.config.dataFormat);
    return withBoxes(made, (boxes, labels) => this.#cropBoxes(boxes, labels, from));
  }

  #cropBoxes(boxes: Tensor, labels: Tensor, from: Size): BoxesAndLabels {
    const format = this.boxFormat as string;
    const size = this.#size;
    const corners = toCorners(boxes, format, from);
    const isLarge = from[0] >= size[0] && from[1] >= size[1];
    const part = isLarge ? size : partOfAspectRatio(from, size);
    const [top, left] = [0, 1].map((axis) => Math.trunc((from[axis] - part[axis]) / 2));
    const cut = clipCorners(sub(corners, tensor1d([left, top, left, top])), labels, part).boxes;
    const inside = clipCorners(isLarge ? cut : resizeCorners(cut, part, size, 'stretch'), labels, size);
    return { boxes: fromCorners(inside.boxes, format, size), labels: inside.labels };
  }

  #crop(x: Tensor): Tensor {
    const { dataFormat } = this.config;
    const size = this.#size;
    const [height, width] = sizeOf(x, dataFormat);
    const from: Size = [Math.floor((height - size[0]) / 2), Math.floor((width - size[1]) / 2)];
    if (from[0] >= 0 && from[1] >= 0) return cropImages(x, from, size, dataFormat);
    const part = cropImagesToAspectRatio(x, size, dataFormat);
    return resizeImages(part, { size, dataFormat, interpolation: 'bilinear', antialias: false });
  }
}

/** Makes a CenterCrop layer. Arguments, shapes and errors are those of the class. */
export function centerCrop(args: CenterCropArgs): CenterCrop {
  return new CenterCrop(args);
}
