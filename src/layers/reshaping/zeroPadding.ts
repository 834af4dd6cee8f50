// The layers ZeroPadding1D, ZeroPadding2D and ZeroPadding3D.
// Source: https://keras.io/api/layers/reshaping_layers/zero_padding2d/

import { pad, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { dataFormat, type Fields, type KerasDataFormat } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { type Margins, type Pair, pair, pairs } from './marginFields.js';
import { firstSpatialAxis, mapSpatialSizes, mergeVolumes } from './spatialShapes.js';

interface Config {
  readonly padding: readonly Pair[];
  readonly dataFormat: KerasDataFormat;
}

abstract class ZeroPadding<F extends Fields> extends KerasLayer<F> {
  readonly #spatialRank: number;

  constructor(args: object, fields: F, context: LayerContext | undefined, spatialRank: number) {
    super(args, fields, context);
    this.#spatialRank = spatialRank;
    this.inputRules = [{ rank: spatialRank + 2 }];
  }

  /** The padding of each spatial dimension, and the data format. */
  protected abstract get geometry(): Config;

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { padding, dataFormat } = this.geometry;
    const grow = (size: number, i: number) => size + padding[i][0] + padding[i][1];
    return mapSpatialSizes(onlyShape(inputShape), this.#spatialRank, dataFormat, grow);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { padding, dataFormat } = this.geometry;
      const first = firstSpatialAxis(dataFormat);
      if (padding.every(([before, after]) => before === 0 && after === 0)) return x;
      if (x.rank === 5) {
        const { merged, inner } = mergeVolumes(x, dataFormat);
        const [depth, height, [left, right]] = padding;
        const y = pad(merged, [[0, 0], [...depth], [...height], [left * inner, right * inner]]);
        return reshape(y, this.computeOutputShape(x.shape) as number[]);
      }
      return pad(
        x,
        x.shape.map((_, axis) => [...(padding[axis - first] ?? [0, 0])] as [number, number]),
      );
    });
  }
}

const fields1d = { padding: pair(1), dataFormat: dataFormat() };

/** The arguments of Keras's ZeroPadding1D. */
export interface ZeroPadding1DArgs extends BaseLayerArgs {
  /** Number of zeros at the start and at the end, or [start, end]. Default 1. */
  padding?: number | readonly number[];
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/**
 * Pads time with zeros. Input and output: float32 [batch, steps, channels] or [batch, channels, steps].
 * Source: https://keras.io/api/layers/reshaping_layers/zero_padding1d/
 */
export class ZeroPadding1D extends ZeroPadding<typeof fields1d> {
  static readonly className: string = 'ZeroPadding1D';

  constructor(args: ZeroPadding1DArgs = {}, context?: LayerContext) {
    super(args, fields1d, context, 1);
  }

  protected override get geometry(): Config {
    return { padding: [this.config.padding], dataFormat: this.config.dataFormat };
  }
}

/** Makes a ZeroPadding1D layer. Arguments, shapes and errors are those of the class. */
export function zeroPadding1d(args: ZeroPadding1DArgs = {}): ZeroPadding1D {
  return new ZeroPadding1D(args);
}

const fields2d = { padding: pairs(2, 1), dataFormat: dataFormat() };

/** The arguments of Keras's ZeroPadding2D and ZeroPadding3D. */
export interface ZeroPaddingArgs extends BaseLayerArgs {
  /** One number for all, or for each spatial dimension a number or [start, end]. Default 1. */
  padding?: Margins;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/**
 * Pads height and width with zeros.
 * Input and output: float32 [batch, height, width, channels] or [batch, channels, height, width].
 * Source: https://keras.io/api/layers/reshaping_layers/zero_padding2d/
 */
export class ZeroPadding2D extends ZeroPadding<typeof fields2d> {
  static readonly className: string = 'ZeroPadding2D';

  constructor(args: ZeroPaddingArgs = {}, context?: LayerContext) {
    super(args, fields2d, context, 2);
  }

  protected override get geometry(): Config {
    return this.config;
  }
}

/** Makes a ZeroPadding2D layer. Arguments, shapes and errors are those of the class. */
export function zeroPadding2d(args: ZeroPaddingArgs = {}): ZeroPadding2D {
  return new ZeroPadding2D(args);
}

const fields3d = { padding: pairs(3, 1), dataFormat: dataFormat() };

/**
 * Pads depth, height and width with zeros. Input and output: float32, rank 5.
 * Source: https://keras.io/api/layers/reshaping_layers/zero_padding3d/
 */
export class ZeroPadding3D extends ZeroPadding<typeof fields3d> {
  static readonly className: string = 'ZeroPadding3D';

  constructor(args: ZeroPaddingArgs = {}, context?: LayerContext) {
    super(args, fields3d, context, 3);
  }

  protected override get geometry(): Config {
    return this.config;
  }
}

/** Makes a ZeroPadding3D layer. Arguments, shapes and errors are those of the class. */
export function zeroPadding3d(args: ZeroPaddingArgs = {}): ZeroPadding3D {
  return new ZeroPadding3D(args);
}
