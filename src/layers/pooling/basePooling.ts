// The base of the max and average pooling layers.
// Source: https://keras.io/api/layers/pooling_layers/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { dataFormat, padding, tuple, tupleOrNull } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { type PoolMode, type PoolWindow, runPool } from './runPool.js';

/**
 * The fields of pooling over `rank` spatial dimensions.
 * @param missing default of poolSize; without it poolSize is required.
 */
export function poolFields(rank: number, missing?: number) {
  return {
    poolSize: tuple(rank, missing),
    padding: padding(),
    strides: tupleOrNull(rank),
    dataFormat: dataFormat(),
  };
}

type Fields = ReturnType<typeof poolFields>;

/** The arguments of all pooling layers with a window. */
export interface PoolArgs extends BaseLayerArgs {
  /** Steps along the spatial dimensions. Default null: poolSize. */
  strides?: number | readonly number[] | null;
  /** 'valid' (default) or 'same', in any letter case. */
  padding?: string;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/** The arguments of Keras's max pooling layers. */
export interface MaxPoolArgs extends PoolArgs {
  /** Size of the window along each spatial dimension, or one number for all. Default 2. */
  poolSize?: number | readonly number[];
}

/** The arguments of Keras's average pooling layers. */
export interface AveragePoolArgs extends PoolArgs {
  /** Size of the window along each spatial dimension, or one number for all. */
  poolSize: number | readonly number[];
}

/** A pooling layer with a window. */
export abstract class BasePooling extends KerasLayer<Fields> {
  protected abstract readonly mode: PoolMode;
  readonly #window: PoolWindow;

  constructor(args: object, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    const { poolSize, strides } = this.config;
    this.#window = { ...this.config, strides: strides ?? poolSize };
    this.inputRules = [{ rank: poolSize.length + 2 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { poolSize, strides, padding, dataFormat } = this.#window;
    const first = dataFormat === 'channels_last' ? 1 : 2;
    const out = [...shape];
    poolSize.forEach((windowSize, i) => {
      const size = shape[first + i];
      if (size == null) return;
      out[first + i] = Math.floor((size - (padding === 'same' ? 1 : windowSize)) / strides[i]) + 1;
    });
    if (out.some((size, i) => i > 0 && size !== null && size <= 0)) {
      throw new KerasValueError(
        `Computed output size would be zero or negative. Received: inputs.shape=${showValue(shape)}, pool_size=${showValue(poolSize)}, strides=${showValue(strides)}, padding=${padding}`,
      );
    }
    return out;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      this.computeOutputShape(x.shape);
      return runPool(this.mode, x, this.#window);
    });
  }

  override getKerasConfig(): Record<string, Json> {
    return { ...super.getKerasConfig(), strides: this.#window.strides };
  }
}
