// A picture as the batch that a network takes.

import { type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { check } from '../core/errors.js';
import { cropImagesToAspectRatio, padImagesToAspectRatio } from '../layers/preprocessing/images.js';
import { type Interpolation, interpolations } from '../layers/reshaping/resampleMatrix.js';
import { resizeImages } from '../layers/reshaping/resizeImages.js';
import { defaultRange, inputSize, type PictureInput, pictureInputOf } from '../pictures/pictureInput.js';
import { type PictureSource, readPixels } from './pictureSource.js';
import { type Preprocessing, pixelModeOf, preparePixels } from './preprocessing.js';

const fits = ['stretch', 'crop', 'pad'] as const;

export interface PictureOptions {
  /** Takes size, channels and layout from the model's input, and `preprocess` from its first layer. */
  readonly model?: LayersModel;
  /** [height, width] of the result. Default: the model's, else the picture's own. */
  readonly size?: readonly [height: number, width: number];
  /**
   * How a picture of another aspect ratio fits: `stretch` (default), `crop` to the largest centered part, or `pad` at both
   * ends with `fillValue`, as `crop_to_aspect_ratio` and `pad_to_aspect_ratio` of Keras's Resizing.
   */
  readonly fit?: (typeof fits)[number];
  /** The value of the padding, 0..255. Default 0. */
  readonly fillValue?: number;
  /** `bilinear` (default), `nearest`, `bicubic`, `lanczos3`, `lanczos5` or `area`, with half-pixel centers. */
  readonly interpolation?: Interpolation;
  /** Whether a smaller picture is smoothed first. Default false, as in Keras. */
  readonly antialias?: boolean;
  /**
   * What becomes of the values 0..255: `tf`, `torch`, `caffe`, `0..1`, `-1..1`, `none`, or the name of a network of
   * keras.applications. Default: `none` for a model that begins with Rescaling or Normalization, else `0..1`.
   */
  readonly preprocess?: Preprocessing;
  /** 1 (grey), 3 or 4. Default: the model's, else 3. */
  readonly channels?: 1 | 3 | 4;
}

/**
 * Prepares a picture as Keras does.
 *
 * @returns float32 [1, height, width, channels], or [1, channels, height, width] for a model with that input. The caller
 * disposes of it.
 * @throws Error for a source that is no picture, and for options that do not fit each other or the model.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
 */
export async function pictureToTensor(source: PictureSource, options: PictureOptions = {}): Promise<Tensor4D> {
  checkOptions(options);
  const input = inputOf(options);
  const mode = pixelModeOf(options.preprocess ?? (options.model ? defaultRange(options.model) : '0..1'));
  const pixels = await readPixels(source, input.channels);
  try {
    return tidy(() => {
      const [, height, width] = pixels.shape;
      const prepared = preparePixels(resized(pixels, inputSize(input, { height, width }, options.size), options), mode);
      const isFirst = input.layout === 'channels_first';
      return isFirst ? transpose(prepared, [0, 3, 1, 2]) : prepared.clone();
    });
  } finally {
    pixels.dispose();
  }
}

function checkOptions({ size, fit = 'stretch', interpolation = 'bilinear', channels = 3 }: PictureOptions): void {
  const where = 'pictureToTensor';
  const isSize = size === undefined || (size.length === 2 && size.every((n) => Number.isInteger(n) && n > 0));
  check(isSize, where, 'size must be [height, width], whole numbers above 0', { size });
  check(fits.includes(fit), where, `fit must be one of ${fits.join(' ')}`, { fit });
  check(interpolations.includes(interpolation), where, `interpolation must be one of ${interpolations.join(' ')}`, {
    interpolation,
  });
  check([1, 3, 4].includes(channels), where, 'channels must be 1, 3 or 4', { channels });
}

function inputOf({ model, channels }: PictureOptions): PictureInput {
  if (!model) return { layout: 'channels_last', height: null, width: null, channels: channels ?? 3 };
  const input = pictureInputOf(model);
  const isSame = channels === undefined || channels === input.channels;
  check(isSame, 'pictureToTensor', `the model takes ${input.channels} channels`, { channels });
  return input;
}

function resized(pixels: Tensor4D, size: readonly [number, number], options: PictureOptions): Tensor4D {
  const { fit = 'stretch', fillValue = 0, interpolation = 'bilinear', antialias = false } = options;
  const dataFormat = 'channels_last';
  const cropped = fit === 'crop' ? cropImagesToAspectRatio(pixels, size, dataFormat) : pixels;
  const padded = fit === 'pad' ? padImagesToAspectRatio(cropped, size, dataFormat, fillValue) : cropped;
  return resizeImages(padded, { size, dataFormat, interpolation, antialias }) as Tensor4D;
}
