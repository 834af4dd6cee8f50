// The layer RMSNormalization: x / sqrt(mean(x^2) + epsilon) * scale.
// Sources: https://keras.io/api/layers/normalization_layers/rms_normalization/ and https://arxiv.org/abs/1910.07467

import { add, mean, mul, rsqrt, square, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { number } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { builtWeight } from '../base/weights.js';
import { knownSizes, positiveAxes, someAxes } from './normalizationAxes.js';

const fields = { axis: someAxes(-1), epsilon: number(1e-6) };

/** The arguments of Keras's RMSNormalization. */
export interface RMSNormalizationArgs extends BaseLayerArgs {
  /** The axis or axes over which the mean of squares is computed, the last ones of the input. Default -1. */
  axis?: number | readonly number[];
  /** Added to the mean of squares. Default 1e-6. */
  epsilon?: number;
}

/**
 * Root mean square normalization. Input and output: float32 of any rank. Weight: scale, with the sizes along `axis`.
 * Source: https://keras.io/api/layers/normalization_layers/rms_normalization/
 *
 * @throws ValueError for an axis out of bounds, of unknown size, or along which `scale` does not broadcast.
 */
export class RMSNormalization extends KerasLayer<typeof fields> {
  static readonly className: string = 'RMSNormalization';

  #scale: LayerVariable | null = null;

  constructor(args: RMSNormalizationArgs = {}, context?: LayerContext) {
    super(args, fields, context);
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const axes = positiveAxes(this.#sortedAxes(), shape);
    const sizes = knownSizes(`layer '${this.name}'`, axes, shape);
    // Keras multiplies by `scale` without reshaping it: it lies along the input's last axes, whatever `axis` is.
    const lastSizes = shape.slice(shape.length - sizes.length);
    if (!sizes.every((size, i) => size === 1 || lastSizes[i] === null || size === lastSizes[i])) {
      throw new KerasValueError(
        `RMSNormalization: a scale of shape ${showValue(sizes)} does not broadcast to the input. Received: axis=${showValue(this.config.axis)}, input_shape=${showValue(shape)}`,
      );
    }
    this.#scale = this.addVariable('scale', sizes, { initializer: 'ones' });
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
      const meanSquare = mean(square(x), positiveAxes(this.config.axis, x.shape), true);
      const scale = builtWeight(this, this.#scale, 'scale').read();
      return mul(mul(x, rsqrt(add(meanSquare, this.config.epsilon))), scale);
    });
  }

  override getKerasConfig(): Record<string, Json> {
    const config = super.getKerasConfig();
    return this.builtShape ? { ...config, axis: this.#sortedAxes() } : config;
  }
}

/** Makes an RMSNormalization layer. Arguments, shapes and errors are those of the class. */
export function rmsNormalization(args: RMSNormalizationArgs = {}): RMSNormalization {
  return new RMSNormalization(args);
}
