// The layers UpSampling1D, UpSampling2D and UpSampling3D.
// Source: https://keras.io/api/layers/reshaping_layers/up_sampling2d/

import { reshape, type Tensor, tidy, tile } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { dataFormat, oneOf, positiveInteger, tuple } from '../base/fields.js';
import { floatInput, only, onlyShape } from '../base/inputs.js';
import { asIntegers, inputDtypeOf } from '../base/integerRange.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { type BaseLayerArgs, followsKeras2, type LayerContext } from '../base/layerArgs.js';
import { type Interpolation, interpolations } from './resampleMatrix.js';
import { resizeImages } from './resizeImages.js';
import { mapSpatialSizes } from './spatialShapes.js';

/** Repeats each of the n steps of [batch, n, inner] `times` times. */
function repeatSteps(x: Tensor, [batch, n, inner]: readonly number[], times: number): Tensor {
  return tile(reshape(x, [batch, n, 1, inner]), [1, 1, times, 1]);
}

const fields1d = { size: positiveInteger(2) };

/** The arguments of Keras's UpSampling1D. */
export interface UpSampling1DArgs extends BaseLayerArgs {
  /** Number of repetitions of each step. Default 2. */
  size?: number;
}

/**
 * Repeats each step `size` times. Input: float32 [batch, steps, channels]. Output: [batch, steps * size, channels].
 * Source: https://keras.io/api/layers/reshaping_layers/up_sampling1d/
 */
export class UpSampling1D extends KerasLayer<typeof fields1d> {
  static readonly className: string = 'UpSampling1D';

  constructor(args: UpSampling1DArgs = {}, context?: LayerContext) {
    super(args, fields1d, context);
    this.inputRules = [{ rank: 3 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return mapSpatialSizes(onlyShape(inputShape), 1, 'channels_last', (steps) => steps * this.config.size);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const [batch, steps, channels] = x.shape;
      const { size } = this.config;
      return reshape(repeatSteps(x, [batch, steps, channels], size), [batch, steps * size, channels]);
    });
  }
}

/** Makes an UpSampling1D layer. Arguments, shapes and errors are those of the class. */
export function upSampling1d(args: UpSampling1DArgs = {}): UpSampling1D {
  return new UpSampling1D(args);
}

const fields2d = {
  size: tuple(2, 2),
  dataFormat: dataFormat(),
  interpolation: oneOf<Interpolation>(interpolations, 'nearest'),
};

/** The arguments of Keras's UpSampling2D. */
export interface UpSampling2DArgs extends BaseLayerArgs {
  /** Factors of height and width, or one number for both. Default 2. */
  size?: number | readonly number[];
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
  /** 'nearest' (default), 'bilinear' with half-pixel centers, 'bicubic', 'lanczos3', 'lanczos5' or 'area'. */
  interpolation?: string;
}

/**
 * Enlarges images. Input: float32 or int32 [batch, height, width, channels] or [batch, channels, height, width]. Output:
 * float32; of int32 images it holds integers, within the range of the dtype that `Input` was given, as in Keras 3.
 * Source: https://keras.io/api/layers/reshaping_layers/up_sampling2d/
 */
export class UpSampling2D extends KerasLayer<typeof fields2d> {
  static readonly className: string = 'UpSampling2D';
  readonly #roundsIntegers: boolean;

  constructor(args: UpSampling2DArgs = {}, context?: LayerContext) {
    super(args, fields2d, context);
    this.#roundsIntegers = !followsKeras2(context ?? {});
    this.inputRules = [{ rank: 4 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { size, dataFormat } = this.config;
    return mapSpatialSizes(onlyShape(inputShape), 2, dataFormat, (n, i) => n * size[i]);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { dataFormat, interpolation } = this.config;
      const output = this.computeOutputShape(x.shape) as number[];
      const size = output.slice(dataFormat === 'channels_last' ? 1 : 2).slice(0, 2) as [number, number];
      const y = resizeImages(x, { size, dataFormat, interpolation, antialias: false });
      return only(inputs).dtype === 'int32' && this.#roundsIntegers ? asIntegers(y, inputDtypeOf(this)) : y;
    });
  }
}

/** Makes an UpSampling2D layer. Arguments, shapes and errors are those of the class. */
export function upSampling2d(args: UpSampling2DArgs = {}): UpSampling2D {
  return new UpSampling2D(args);
}

const fields3d = { size: tuple(3, 2), dataFormat: dataFormat() };

/** The arguments of Keras's UpSampling3D. */
export interface UpSampling3DArgs extends BaseLayerArgs {
  /** Factors of depth, height and width, or one number for all. Default 2. */
  size?: number | readonly number[];
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/**
 * Repeats voxels along depth, height and width. Input and output: float32, rank 5.
 * Source: https://keras.io/api/layers/reshaping_layers/up_sampling3d/
 */
export class UpSampling3D extends KerasLayer<typeof fields3d> {
  static readonly className: string = 'UpSampling3D';

  constructor(args: UpSampling3DArgs = {}, context?: LayerContext) {
    super(args, fields3d, context);
    this.inputRules = [{ rank: 5 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { size, dataFormat } = this.config;
    return mapSpatialSizes(onlyShape(inputShape), 3, dataFormat, (n, i) => n * size[i]);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { size, dataFormat } = this.config;
      const isLast = dataFormat === 'channels_last';
      const [batch, ...others] = x.shape;
      const [depth, height, width] = isLast ? others : others.slice(1);
      const [volumes, channels] = isLast ? [batch, others[3]] : [batch * others[0], 1];
      const deep = repeatSteps(x, [volumes, depth, height * width * channels], size[0]);
      const slices = reshape(deep, [volumes * depth * size[0], height, width, channels]);
      const y = resizeImages(slices, {
        size: [height * size[1], width * size[2]],
        dataFormat: 'channels_last',
        interpolation: 'nearest',
        antialias: false,
      });
      return reshape(y, this.computeOutputShape(x.shape) as number[]);
    });
  }
}

/** Makes an UpSampling3D layer. Arguments, shapes and errors are those of the class. */
export function upSampling3d(args: UpSampling3DArgs = {}): UpSampling3D {
  return new UpSampling3D(args);
}
