// The base of the global pooling layers, which reduce all spatial dimensions.
// Source: https://keras.io/api/layers/pooling_layers/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean, dataFormat } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';

const fields = { dataFormat: dataFormat(), keepdims: boolean(false) };

/** The arguments of Keras's global pooling layers. */
export interface GlobalPoolArgs extends BaseLayerArgs {
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
  /** Whether the output keeps the spatial dimensions with size 1. Default false. */
  keepdims?: boolean;
}

/** A global pooling layer. */
export abstract class BaseGlobalPooling extends KerasLayer<typeof fields> {
  constructor(args: GlobalPoolArgs, rank: number, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ rank: rank + 2 }];
  }

  /** Reduces the spatial axes. */
  protected abstract reduce(x: Tensor, axes: number[], keepdims: boolean): Tensor;

  #spatialAxes(rank: number): number[] {
    const first = this.config.dataFormat === 'channels_last' ? 1 : 2;
    return Array.from({ length: rank - 2 }, (_, i) => first + i);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const axes = this.#spatialAxes(shape.length);
    if (this.config.keepdims) return shape.map((size, i) => (axes.includes(i) ? 1 : size));
    return shape.filter((_, i) => !axes.includes(i));
  }

  override call(inputs: Tensor | Tensor[], _kwargs?: Kwargs): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      return this.reduce(x, this.#spatialAxes(x.rank), this.config.keepdims);
    });
  }
}
