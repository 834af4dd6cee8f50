// What the pooling layers with a window have in common.
// Source: https://keras.io/api/layers/pooling_layers/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { dataFormat, padding, tuple, tupleOrNull } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { type BaseLayerArgs, KerasLayer, type LayerContext } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { type PoolMode, type PoolWindow, runPool } from './runPool.js';

/** @param missing the size of the window if none is given; without it, it must be */
export function poolFields(rank: number, missing?: number) {
  return {
    poolSize: tuple(rank, missing),
    padding: padding(),
    strides: tupleOrNull(rank),
    dataFormat: dataFormat(),
  };
}

type Fields = ReturnType<typeof poolFields>;

export interface PoolArgs extends BaseLayerArgs {
  /** Steps along the sides. Default null: those of the window's size. */
  strides?: number | readonly number[] | null;
  /** 'valid' (default) or 'same', in any letter case. */
  padding?: string;
  /** 'channels_last' (default) or 'channels_first', or null for the default. */
  dataFormat?: string | null;
}

export interface MaxPoolArgs extends PoolArgs {
  /** Size of the window along each side, or one number for all sides. Default 2. */
  poolSize?: number | readonly number[];
}

export interface AveragePoolArgs extends PoolArgs {
  /** Size of the window along each side, or one number for all sides. */
  poolSize: number | readonly number[];
}

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
