// The layers Resizing and CenterCrop, which give images of a fixed size.
// Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/

import { expandDims, squeeze, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean, dataFormat, number, oneOf, positiveInteger } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { type Interpolation, interpolations } from '../reshaping/resampleMatrix.js';
import { resizeImages } from '../reshaping/resizeImages.js';
import { cropImages, cropImagesToAspectRatio, padImagesToAspectRatio, type Size, sizeOf, withSize } from './images.js';

/** Applies `f` to a batch of images, or to a batch of one if x is a single image. Throws ValueError for other ranks. */
export function applyToBatch(x: Tensor, f: (batch: Tensor) => Tensor): Tensor {
  if (x.rank === 4) return f(x);
  if (x.rank === 3) return squeeze(f(expandDims(x, 0)), [0]);
  throw new KerasValueError(`Expected the input image to be rank 3 or 4. Received: inputs.shape=${showValue(x.shape)}`);
}

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
export interface ResizingArgs extends BaseLayerArgs {
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
 * Resizes images. Input: float32 or int32 images, one or a batch. Output: float32. Keras rounds the output for an
 * integer input, which does not occur within a model.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
 */
export class Resizing extends KerasLayer<typeof resizingFields> {
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

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return withSize(onlyShape(inputShape), this.#size, this.config.dataFormat);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const { cropToAspectRatio, padToAspectRatio, fillValue, ...resampling } = this.config;
      const { dataFormat } = resampling;
      const size = this.#size;
      return applyToBatch(floatInput(inputs), (x) => {
        const cropped = cropToAspectRatio ? cropImagesToAspectRatio(x, size, dataFormat) : x;
        const padded = padToAspectRatio ? padImagesToAspectRatio(cropped, size, dataFormat, fillValue) : cropped;
        return resizeImages(padded, { ...resampling, size });
      });
    });
  }
}

/** Makes a Resizing layer. Arguments, shapes and errors are those of the class. */
export function resizing(args: ResizingArgs): Resizing {
  return new Resizing(args);
}

const cropFields = { height: positiveInteger(), width: positiveInteger(), dataFormat: dataFormat() };

/** The arguments of Keras's CenterCrop. */
export interface CenterCropArgs extends BaseLayerArgs {
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
export class CenterCrop extends KerasLayer<typeof cropFields> {
  static readonly className: string = 'CenterCrop';

  constructor(args: CenterCropArgs, context?: LayerContext) {
    super(args, cropFields, context);
  }

  get #size(): Size {
    return [this.config.height, this.config.width];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return withSize(onlyShape(inputShape), this.#size, this.config.dataFormat);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => applyToBatch(floatInput(inputs), (x) => this.#crop(x)));
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
