// Elementwise formulas of Keras's activations that the fused convolution does not have. Some formulas state their
// slope: where differentiating them would give another value at a kink, or NaN, and where they compare, since
// TensorFlow.js has no gradient of comparisons. Source: https://keras.io/api/layers/activations/

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../../../kernels/activation.js';
import { activate } from '../../ops/activate.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** An activation function of one tensor; gives a new tensor. */
export type Formula = (x: Tensor) => Tensor;

const float = (condition: Tensor) => tf.cast(condition, 'float32');
const where = (condition: Tensor, a: Tensor, b: number) => tf.where(condition, a, tf.fill(a.shape, b));

/** Flattens inputs of rank above 4, since tf.where of TensorFlow.js's WebGL backend handles at most four dimensions. */
function inFewDimensions(formula: Formula): Formula {
  return (x) => (x.rank > 4 ? tf.reshape(formula(tf.reshape(x, [-1])), x.shape) : formula(x));
}

/** value(x), whose gradient is dy*slope(x). */
function withSlope(value: Formula, slope: Formula): Formula {
  const op = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as Tensor]);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, slope(saved));
    return { value: value(x as Tensor), gradFunc };
  }) as Formula;
  return inFewDimensions(op);
}

/** An activation that the fused convolution has, as a formula of its own. */
export function fusedFormula(activation: Activation, leakyAlpha = 0.2): Formula {
  // activate() is elementwise and accepts any rank; only its type says rank 4.
  return inFewDimensions((x) => activate({ z: x as tf.Tensor4D, activation, leakyAlpha, dataFormat: 'NHWC' }));
}

export interface ReluParams {
  readonly negative_slope: number;
  readonly max_value: number | null;
  readonly threshold: number;
}

/** x above the threshold t, clipped to [0, max_value] if max_value is not null; slope*(x - t) below t. */
export function relu({ negative_slope: slope, max_value: max, threshold: t }: ReluParams): Formula {
  const cap = max ?? Number.POSITIVE_INFINITY;
  const clip: Formula = (x) => (max === null ? x : tf.clipByValue(x, 0, max));
  const above: Formula = (x) => {
    if (t !== 0) return clip(where(tf.greater(x, t), x, 0));
    return max === null ? tf.relu(x) : clip(x);
  };
  const value: Formula = slope === 0 ? above : (x) => tf.sub(above(x), tf.mul(tf.relu(tf.sub(t, x)), slope));
  const isKept: Formula = (x) => {
    const isBelowCap = max === null ? tf.onesLike(x) : float(tf.logicalAnd(tf.greater(x, 0), tf.lessEqual(x, cap)));
    return tf.mul(float(tf.greater(x, t)), isBelowCap);
  };
  return withSlope(value, (x) => tf.add(isKept(x), tf.mul(float(tf.lessEqual(x, t)), slope)));
}

/** x above 0 and alpha*(e^(x/scale) - 1) below: elu for scale 1, celu for scale alpha. */
export function eluLike(alpha: number, scale: number): Formula {
  // Positive x uses the other branch; the minimum keeps e^x from overflowing there.
  const below = (x: Tensor) => tf.div(tf.minimum(x, 0), scale);
  return withSlope(
    (x) => tf.add(tf.relu(x), tf.mul(tf.expm1(below(x)), alpha)),
    (x) => tf.where(tf.greater(x, 0), tf.onesLike(x), tf.mul(tf.exp(below(x)), alpha / scale)),
  );
}

/** clip(x, -1, 1) */
export const hardTanh: Formula = (x) => tf.clipByValue(x, -1, 1);

/** clip(0.2 x + 0.5, 0, 1), the hard_sigmoid of Keras 2 and TensorFlow.js. That of Keras 3 is relu6(x + 3)/6. */
export const hardSigmoidKeras2: Formula = (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1);

/** x where |x| is above the threshold, 0 elsewhere. */
export function hardShrink(threshold: number): Formula {
  const isOutside: Formula = (x) => tf.greater(tf.abs(x), threshold);
  return withSlope(
    (x) => where(isOutside(x), x, 0),
    (x) => float(isOutside(x)),
  );
}

/** x - t above t, x + t below -t, 0 between. */
export function softShrink(t: number): Formula {
  const isOutside: Formula = (x) => float(tf.logicalOr(tf.greater(x, t), tf.less(x, -t)));
  if (t >= 0) return withSlope((x) => tf.sub(x, tf.clipByValue(x, -t, t)), isOutside);
  const inner: Formula = (x) => where(tf.less(x, -t), tf.add(x, t), 0);
  return withSlope((x) => tf.where(tf.greater(x, t), tf.sub(x, t), inner(x)), isOutside);
}

/** x - tanh(x) */
export const tanhShrink: Formula = withSlope(
  (x) => tf.sub(x, tf.tanh(x)),
  (x) => tf.square(tf.tanh(x)),
);

/**
 * x above `limit`, `otherwise` elsewhere. Both arguments are required. As in Keras, the bare name finds the function
 * and the missing arguments fail when it is called.
 */
export function threshold(limit: number | null, otherwise: number | null): Formula {
  if (limit === null || otherwise === null) {
    return () => {
      throw new KerasValueError(
        `threshold: missing required arguments \`threshold\` and \`default_value\`. Received: threshold=${showValue(limit)}, default_value=${showValue(otherwise)}`,
      );
    };
  }
  return withSlope(
    (x) => where(tf.greater(x, limit), x, otherwise),
    (x) => float(tf.greater(x, limit)),
  );
}

/** log(sigmoid(x)) = -softplus(-x), which does not overflow. */
export const logSigmoid: Formula = (x) => tf.logSigmoid(x);

/** (x + sqrt(x^2 + b))/2 */
export function squareplus(b: number): Formula {
  return (x) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), b))), 0.5);
}

/** 0 below -1, (x + 1)^2/4 between -1 and 1, x above 1. */
export const sparsePlus: Formula = withSlope(
  (x) => tf.add(tf.mul(tf.square(tf.clipByValue(tf.add(x, 1), 0, 2)), 0.25), tf.relu(tf.sub(x, 1))),
  (x) => tf.mul(tf.clipByValue(tf.add(x, 1), 0, 2), 0.5),
);

/** clip(x + 1, 0, 2)/2 */
export const sparseSigmoid: Formula = withSlope(
  (x) => tf.mul(tf.clipByValue(tf.add(x, 1), 0, 2), 0.5),
  (x) => tf.mul(float(tf.less(tf.abs(x), 1)), 0.5),
);
