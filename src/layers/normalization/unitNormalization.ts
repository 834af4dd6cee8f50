// The layer UnitNormalization: x / |x|, where the norm is over some axes.
// Source: https://keras.io/api/layers/normalization_layers/unit_normalization/

import { maximum, mul, rsqrt, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { positiveAxes, someAxes } from './normalizationAxes.js';

const fields = { axis: someAxes(-1) };

/** The arguments of Keras's UnitNormalization. */
export interface UnitNormalizationArgs extends BaseLayerArgs {
  /** The axis or axes over which the norm is computed. Default -1. */
  axis?: number | readonly number[];
}

/** The lower bound of squared norms: as in Keras, norms are at least 1e-12. */
const smallestSquare = 1e-24;

/**
 * Scales vectors along `axis` to length 1; zeros stay zeros. Input and output: float32 of any rank.
 * Source: https://keras.io/api/layers/normalization_layers/unit_normalization/
 *
 * @throws ValueError for an axis out of bounds.
 */
export class UnitNormalization extends KerasLayer<typeof fields> {
  static readonly className: string = 'UnitNormalization';

  constructor(args: UnitNormalizationArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    positiveAxes(this.config.axis, shape);
    return shape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const squares = sum(square(x), positiveAxes(this.config.axis, x.shape), true);
      return mul(x, rsqrt(maximum(squares, smallestSquare)));
    });
  }
}

/** Makes a UnitNormalization layer. Arguments, shapes and errors are those of the class. */
export function unitNormalization(args: UnitNormalizationArgs = {}): UnitNormalization {
  return new UnitNormalization(args);
}
