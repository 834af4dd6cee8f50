// The layer LayerNormalization: normalizes each example by its own mean and variance over some axes.
// Sources: https://keras.io/api/layers/normalization_layers/layer_normalization/ and https://arxiv.org/abs/1607.06450

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { boolean, number } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { weightOptions } from '../base/weights.js';
import {
  type AffineArgs,
  affineInitializers,
  affineRegularizersAndConstraints,
  centerAndScale,
} from './affineFields.js';
import { broadcastShape, knownSizes, positiveAxes, someAxes } from './normalizationAxes.js';
import { affine, scaleByDeviation, standardize } from './standardize.js';

const fields = {
  axis: someAxes(-1),
  epsilon: number(0.001),
  ...centerAndScale,
  rmsScaling: boolean(false),
  ...affineInitializers,
  ...affineRegularizersAndConstraints,
};

/** The arguments of Keras's LayerNormalization. */
export interface LayerNormalizationArgs extends BaseLayerArgs, AffineArgs {
  /** The axis or axes over which mean and variance are computed. Default -1. */
  axis?: number | readonly number[];
  /** Added to the variance. Default 0.001. */
  epsilon?: number;
  /** Whether to divide by the standard deviation without centering, and without beta. Default false. */
  rmsScaling?: boolean;
}

/**
 * Layer normalization. Input and output: float32 of any rank. gamma and beta have a value per position along `axis`.
 * Source: https://keras.io/api/layers/normalization_layers/layer_normalization/
 *
 * @throws ValueError for an axis out of bounds or of unknown size.
 */
export class LayerNormalization extends KerasLayer<typeof fields> {
  static readonly className: string = 'LayerNormalization';

  #gamma: LayerVariable | null = null;
  #beta: LayerVariable | null = null;

  constructor(args: LayerNormalizationArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const sizes = knownSizes(`layer '${this.name}'`, positiveAxes(this.#sortedAxes(), shape), shape);
    if (config.scale || config.rmsScaling) {
      this.#gamma = this.addVariable('gamma', sizes, weightOptions('gamma', config));
    }
    if (config.center && !config.rmsScaling) {
      this.#beta = this.addVariable('beta', sizes, weightOptions('beta', config));
    }
    super.build(inputShape);
  }

  #sortedAxes(): number[] {
    return [this.config.axis].flat().sort((a, b) => a - b);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    positiveAxes(this.config.axis, shape);
    return shape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { epsilon, rmsScaling } = this.config;
      const axes = positiveAxes(this.#sortedAxes(), x.shape);
      const y = rmsScaling ? scaleByDeviation(x, axes, epsilon) : standardize(x, axes, epsilon);
      const gamma = this.#gamma?.read();
      const beta = this.#beta?.read();
      return affine(y, { gamma, beta, shape: broadcastShape(axes, x.shape) });
    });
  }

  override getKerasConfig(): Record<string, Json> {
    const config = super.getKerasConfig();
    return this.builtShape ? { ...config, axis: this.#sortedAxes() } : config;
  }
}

/** Makes a LayerNormalization layer. Arguments, shapes and errors are those of the class. */
export function layerNormalization(args: LayerNormalizationArgs = {}): LayerNormalization {
  return new LayerNormalization(args);
}
