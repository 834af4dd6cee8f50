// The layers Cropping1D, Cropping2D and Cropping3D.
// Source: https://keras.io/api/layers/reshaping_layers/cropping2d/

import { reshape, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { dataFormat, type Fields, type KerasDataFormat } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { type Margins, type Pair, pair, pairs } from './marginFields.js';
import { firstSpatialAxis, mapSpatialSizes, mergeVolumes } from './spatialShapes.js';

interface Config {
  readonly cropping: readonly Pair[];
  readonly dataFormat: KerasDataFormat;
}

abstract class Cropping<F extends Fields> extends KerasLayer<F> {
  readonly #spatialRank: number;

  constructor(args: object, fields: F, context: LayerContext | undefined, spatialRank: number) {
    super(args, fields, context);
    this.#spatialRank = spatialRank;
    this.inputRules = [{ rank: spatialRank + 2 }];
  }

  /** The cropping of each spatial dimension, and the data format. */
  protected abstract get geometry(): Config;

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { cropping, dataFormat } = this.geometry;
    return mapSpatialSizes(shape, this.#spatialRank, dataFormat, (size, i) => {
      const left = size - cropping[i][0] - cropping[i][1];
      if (left > 0) return left;
      throw new KerasValueError(
        `Values in \`cropping\` argument should be smaller than the corresponding spatial dimension of the input. Received: input_shape=${showValue(shape)}, cropping=${showValue(cropping)} (${this.getClassName()} '${this.name}')`,
      );
    });
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { cropping, dataFormat } = this.geometry;
      const first = firstSpatialAxis(dataFormat);
      const size = this.computeOutputShape(x.shape) as number[];
      if (x.rank === 5) {
        const { merged, inner } = mergeVolumes(x, dataFormat);
        const [depth, height, width] = size.slice(first);
        const [deep, down, [left]] = cropping;
        const begin = [0, deep[0], down[0], left * inner];
        return reshape(slice(merged, begin, [merged.shape[0], depth, height, width * inner]), size);
      }
      const begin = x.shape.map((_, axis) => cropping[axis - first]?.[0] ?? 0);
      return slice(x, begin, size);
    });
  }
}

const fields1d = { cropping: pair(1) };

/** The arguments of Keras's Cropping1D. */
export interface Cropping1DArgs extends BaseLayerArgs {
  /** Number of steps to remove at the start and at the end, or [start, end]. Default 1. */
  cropping?: number | readonly number[];
}

/**
 * Crops along time. Input and output: float32 [batch, steps, channels].
 * Source: https://keras.io/api/layers/reshaping_layers/cropping1d/
 *
 * @throws ValueError if nothing would be left.
 */
export class Cropping1D extends Cropping<typeof fields1d> {
  static readonly className: string = 'Cropping1D';

  constructor(args: Cropping1DArgs = {}, context?: LayerContext) {
    super(args, fields1d, context, 1);
  }

  protected override get geometry(): Config {
    return { cropping: [this.config.cropping], dataFormat: 'channels_last' };
  }
}

/** Makes a Cropping1D layer. Arguments, shapes and errors are those of the class. */
export function cropping1d(args: Cropping1DArgs = {}): Cropping1D {
  return new Cropping1D(args);
}

const fields2d = { cropping: pairs(2, 0), dataFormat: dataFormat() };

/** The arguments of Keras's Cropping2D and Cropping3D. */
export interface CroppingArgs extends BaseLayerArgs {
  /** One number for all, or for each spatial dimension a number or [start, end]. Default 0 in 2D, 1 in 3D. */
  cropping?: Margins;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/**
 * Crops height and width. Input and output: float32 [batch, height, width, channels] or [batch, channels, height,
 * width].
 * Source: https://keras.io/api/layers/reshaping_layers/cropping2d/
 *
 * @throws ValueError if nothing would be left.
 */
export class Cropping2D extends Cropping<typeof fields2d> {
  static readonly className: string = 'Cropping2D';

  constructor(args: CroppingArgs = {}, context?: LayerContext) {
    super(args, fields2d, context, 2);
  }

  protected override get geometry(): Config {
    return this.config;
  }
}

/** Makes a Cropping2D layer. Arguments, shapes and errors are those of the class. */
export function cropping2d(args: CroppingArgs = {}): Cropping2D {
  return new Cropping2D(args);
}

const fields3d = { cropping: pairs(3, 1), dataFormat: dataFormat() };

/**
 * Crops depth, height and width. Input and output: float32, rank 5.
 * Source: https://keras.io/api/layers/reshaping_layers/cropping3d/
 *
 * @throws ValueError if nothing would be left.
 */
export class Cropping3D extends Cropping<typeof fields3d> {
  static readonly className: string = 'Cropping3D';

  constructor(args: CroppingArgs = {}, context?: LayerContext) {
    super(args, fields3d, context, 3);
  }

  protected override get geometry(): Config {
    return this.config;
  }
}

/** Makes a Cropping3D layer. Arguments, shapes and errors are those of the class. */
export function cropping3d(args: CroppingArgs = {}): Cropping3D {
  return new Cropping3D(args);
}
