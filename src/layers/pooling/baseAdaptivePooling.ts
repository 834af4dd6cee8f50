// The base of the adaptive pooling layers. Each spatial dimension is divided into `outputSize` windows; window i covers
// floor(i*in/out) up to ceil((i+1)*in/out). The dimensions are pooled one after another.
// Source: https://keras.io/api/layers/pooling_layers/

import { concat, gather, reshape, type Tensor, tensor1d, tidy, util } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { dataFormat, tuple } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { type PoolMode, poolImages } from './runPool.js';

/** The fields of adaptive pooling over `rank` spatial dimensions. */
export function adaptiveFields(rank: number) {
  return { outputSize: tuple(rank), dataFormat: dataFormat() };
}

type Fields = ReturnType<typeof adaptiveFields>;

/** The arguments of Keras's adaptive pooling layers. */
export interface AdaptivePoolArgs extends BaseLayerArgs {
  /** The output's size along each spatial dimension, or one number for all. */
  outputSize: number | readonly number[];
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

/** An adaptive pooling layer. */
export abstract class BaseAdaptivePooling extends KerasLayer<Fields> {
  protected abstract readonly mode: PoolMode;

  constructor(args: AdaptivePoolArgs, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ rank: this.config.outputSize.length + 2 }];
  }

  #firstSpatialAxis(): number {
    return this.config.dataFormat === 'channels_last' ? 1 : 2;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const first = this.#firstSpatialAxis();
    const { outputSize } = this.config;
    return onlyShape(inputShape).map((size, i) => outputSize[i - first] ?? size);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const first = this.#firstSpatialAxis();
      const { outputSize } = this.config;
      return outputSize.reduce((x, size, i) => poolAxis(this.mode, x, first + i, size), floatInput(inputs));
    });
  }
}

/** Pools x along one axis to `size` windows. */
export function poolAxis(mode: PoolMode, x: Tensor, axis: number, size: number): Tensor {
  const shape: number[] = x.shape;
  const length = shape[axis];
  if (length === size) return x;
  const before = util.sizeFromShape(shape.slice(0, axis));
  const after = util.sizeFromShape(shape.slice(axis + 1));
  const rows: Tensor = reshape(x, [before, length, 1, after]);
  const pool = (k: number, stride: number) =>
    poolImages(mode, rows, { poolSize: [k, 1], strides: [stride, 1], padding: 'valid' });
  const y = length % size === 0 ? pool(length / size, length / size) : poolUnevenly(length, size, (k) => pool(k, 1));
  return reshape(y, [...shape.slice(0, axis), size, ...shape.slice(axis + 1)]);
}

/** Windows have one of two sizes. Pools with both at every position, then picks the window that each output needs. */
function poolUnevenly(length: number, size: number, pool: (k: number) => Tensor): Tensor {
  const small = Math.ceil(length / size);
  const windows = Array.from({ length: size }, (_, i) => {
    const start = Math.floor((i * length) / size);
    return { start, k: Math.ceil(((i + 1) * length) / size) - start };
  });
  const hasLarge = windows.some(({ k }) => k > small);
  const smallCount = length - small + 1;
  const picks = windows.map(({ start, k }) => (k > small ? smallCount + start : start));
  const all = hasLarge ? concat([pool(small), pool(small + 1)], 1) : pool(small);
  return gather(all, tensor1d(picks, 'int32'), 1);
}
