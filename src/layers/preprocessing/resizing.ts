// Resizing and CenterCrop: pictures of a fixed size.
// Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/

import { expandDims, squeeze, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean, dataFormat, number, oneOf, positiveInteger } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { type BaseLayerArgs, KerasLayer, type LayerContext } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { type Interpolation, interpolations } from '../reshaping/resampleMatrix.js';
import { resizeImages } from '../reshaping/resizeImages.js';
import { cropImages, cropToProportions, padToProportions, type Size, sizeOf, withSize } from './images.js';

/** Runs `f` on a batch, of one for a single picture. */
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
  height: number;
  width: number;
  /** 'bilinear' (default), 'nearest', 'bicubic', 'lanczos3', 'lanczos5' or 'area', with half-pixel centers. */
  interpolation?: string;
  /** Cuts to the output's proportions first. Default false. */
  cropToAspectRatio?: boolean;
  /** Pads to the output's proportions first. Default false. */
  padToAspectRatio?: boolean;
  /** Only 'constant'. */
  fillMode?: string;
  /** What padding consists of. Default 0. */
  fillValue?: number;
  /** Whether making smaller averages. Default false. */
  antialias?: boolean;
  /** 'channels_last' (default) or 'channels_first'. */
  dataFormat?: string | null;
}

/**
 * Input: float32 or int32 images, one or a batch. Output: float32; Keras rounds where the input has whole numbers, which
 * never happens within a model.
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
        const cropped = cropToAspectRatio ? cropToProportions(x, size, dataFormat) : x;
        const padded = padToAspectRatio ? padToProportions(cropped, size, dataFormat, fillValue) : cropped;
        return resizeImages(padded, { ...resampling, size });
      });
    });
  }
}

const cropFields = { height: positiveInteger(), width: positiveInteger(), dataFormat: dataFormat() };

/** The arguments of Keras's CenterCrop. */
export interface CenterCropArgs extends BaseLayerArgs {
  height: number;
  width: number;
  /** 'channels_last' (default) or 'channels_first'. */
  dataFormat?: string | null;
}

/**
 * The middle of each picture. One that is too small is cropped to the proportions and enlarged.
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
    return tidy(() => applyToBatch(floatInput(inputs), (x) => this.#cropped(x)));
  }

  #cropped(x: Tensor): Tensor {
    const { dataFormat } = this.config;
    const size = this.#size;
    const [height, width] = sizeOf(x, dataFormat);
    const from: Size = [Math.floor((height - size[0]) / 2), Math.floor((width - size[1]) / 2)];
    if (from[0] >= 0 && from[1] >= 0) return cropImages(x, from, size, dataFormat);
    const part = cropToProportions(x, size, dataFormat);
    return resizeImages(part, { size, dataFormat, interpolation: 'bilinear', antialias: false });
  }
}
