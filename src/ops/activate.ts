// activation(z) as a differentiable op on any backend. Its gradient is written out here, so that training needs none of
// the gradients that TensorFlow.js registers only in its union package.

import * as tf from '@tensorflow/tfjs-core';
// By name: a bundler that sees the namespace taken apart keeps all of TensorFlow.js's operations.
import { abs, add, div, exp, mul, sigmoid, softplus, square, sub, tanh } from '@tensorflow/tfjs-core';
import { type Activation, seluAlpha, seluScale } from '../../kernels/activation.js';
import type { DataFormat } from '../../kernels/conv.js';
import { SILU_KERNEL } from '../tfjs/ownKernelNames.js';
import { isActivated } from './batchNormTraining.js';
import { reluGradient } from './reluGradients.js';
import { sumToShape } from './sumToShape.js';

export interface ActivateArgs {
  readonly z: tf.Tensor4D;
  readonly activation: Activation;
  readonly leakyAlpha: number;
  readonly dataFormat: DataFormat;
  /** With 'prelu'. */
  readonly prelu?: tf.Tensor;
}

/** Call it in a tidy: some formulas have several steps. */
export function activate({ z, activation, leakyAlpha, dataFormat, prelu }: ActivateArgs): tf.Tensor4D {
  if (activation === 'linear') return z;
  if (activation === 'prelu') return preluOp(z, prelu as tf.Tensor, dataFormat);
  if (activation === 'relu' && isActivated(z)) return tf.clone(z);
  const { value, slope } = activation === 'leakyrelu' ? leaky(leakyAlpha) : table[activation];
  // To state a gradient costs as much as a small kernel.
  const hasGradient = activation === 'relu' && tf.getGradient('Relu') != null;
  if (hasGradient || tf.engine().state.gradientDepth === 0) return value(z);
  const slopeTimes = activation === 'relu' ? reluGradient : (dy: tf.Tensor4D, x: tf.Tensor4D) => mul(dy, slope(x));
  return tf.customGrad((x, save) => {
    const y = value(x as tf.Tensor4D);
    (save as tf.GradSaveFunc)([x as tf.Tensor]); // at the end: TensorFlow.js keeps it for ever if the function throws
    const gradFunc = (dy: tf.Tensor4D, [saved]: tf.Tensor[]) => slopeTimes(dy, saved as tf.Tensor4D) as tf.Tensor4D;
    return { value: y, gradFunc };
  })(z) as tf.Tensor4D;
}

/** dy*1 where z > 0 and dy*weight elsewhere; the weights get what the negative z contribute. */
function preluOp(z: tf.Tensor4D, weights: tf.Tensor, dataFormat: DataFormat): tf.Tensor4D {
  const align = (t: tf.Tensor) => (t.rank === 1 && dataFormat === 'NCHW' ? tf.reshape(t, [t.size, 1, 1]) : t);
  const op = tf.customGrad((x, w, save) => {
    const gradFunc = (dy: tf.Tensor4D, [x, w]: tf.Tensor[]) => {
      const below = tf.cast(tf.lessEqual(x, 0), 'float32');
      const dx = tf.where(tf.greater(x, 0), dy, tf.mul(dy, align(w)));
      return [dx as tf.Tensor, sumToShape(tf.mul(tf.mul(dy, x), below), w.shape, dataFormat)];
    };
    // Not tf.prelu: tfjs-backend-wasm broadcasts its weights along the last dimension only.
    const value = tf.where(tf.less(x as tf.Tensor, 0), tf.mul(x as tf.Tensor, align(w as tf.Tensor)), x as tf.Tensor);
    (save as tf.GradSaveFunc)([x as tf.Tensor, w as tf.Tensor]);
    return { value, gradFunc: gradFunc as never }; // core types the gradient of several inputs as one tensor's
  });
  return op(z, weights) as tf.Tensor4D;
}

type Map4D = (z: tf.Tensor4D) => tf.Tensor4D;
interface Formula {
  readonly value: Map4D;
  /** d value / d z. */
  readonly slope: Map4D;
}

const float = (condition: tf.Tensor) => tf.cast(condition, 'float32') as tf.Tensor4D;
/** e^z for z <= 0 and 1 above: the other branch of a `where` must not overflow. */
const expBelow = (z: tf.Tensor4D) => exp(tf.minimum(z, 0)) as tf.Tensor4D;
const where = (c: tf.Tensor, a: tf.Tensor | number, b: tf.Tensor) =>
  tf.where(
    c,
    typeof a === 'number' ? tf.fill(b.shape as number[] as [number, number, number, number], a) : a,
    b,
  ) as tf.Tensor4D;
const leaky = (alpha: number): Formula => ({
  value: (z) => tf.leakyRelu(z, alpha),
  slope: (z) => add(mul(tf.step(z), 1 - alpha), alpha),
});
/** Phi(z), the normal distribution function. */
const normal = (z: tf.Tensor4D) => mul(add(tf.erf(mul(z, Math.SQRT1_2)), 1), 0.5) as tf.Tensor4D;
const geluRoot = Math.sqrt(2 / Math.PI);
const geluInner = (z: tf.Tensor4D) => tanh(mul(geluRoot, add(z, mul(0.044715, mul(z, square(z)))))) as tf.Tensor4D;
const oneMinusSquare = (t: tf.Tensor4D) => sub(1, square(t)) as tf.Tensor4D;
const hardSigmoid = (z: tf.Tensor4D) => div(tf.clipByValue(add(z, 3), 0, 6), 6) as tf.Tensor4D;

/** On the CPU engine one pass over the memory instead of two, with the same bits. */
function silu(z: tf.Tensor4D): tf.Tensor4D {
  const hasKernel = z.dtype === 'float32' && tf.getKernel(SILU_KERNEL, tf.getBackend()) != null;
  return hasKernel ? tf.engine().runKernel(SILU_KERNEL, { x: z }) : mul(z, sigmoid(z));
}

const table: Record<Exclude<Activation, 'linear' | 'prelu' | 'leakyrelu'>, Formula> = {
  relu: { value: (z) => tf.relu(z), slope: (z) => tf.step(z) },
  relu6: { value: (z) => tf.relu6(z), slope: (z) => mul(tf.step(z), float(tf.lessEqual(z, 6))) },
  elu: { value: (z) => tf.elu(z), slope: expBelow },
  sigmoid: { value: (z) => sigmoid(z), slope: (z) => mul(sigmoid(z), sub(1, sigmoid(z))) },
  selu: {
    value: (z) => tf.selu(z),
    slope: (z) => mul(seluScale, where(tf.greater(z, 0), 1, mul(seluAlpha, expBelow(z)))),
  },
  gelu: {
    value: (z) => mul(z, normal(z)),
    slope: (z) => add(normal(z), mul(z, mul(exp(mul(square(z), -0.5)), 1 / Math.sqrt(2 * Math.PI)))),
  },
  gelu_approximate: {
    value: (z) => mul(mul(0.5, z), add(1, geluInner(z))),
    slope: (z) => {
      const t = geluInner(z);
      const inner = mul(geluRoot, add(1, mul(3 * 0.044715, square(z))));
      return mul(0.5, add(add(1, t), mul(mul(z, oneMinusSquare(t)), inner)));
    },
  },
  silu: {
    value: silu,
    slope: (z) => {
      const s = sigmoid(z);
      return mul(s, add(1, mul(z, sub(1, s))));
    },
  },
  tanh: { value: (z) => tanh(z), slope: (z) => oneMinusSquare(tanh(z)) },
  softplus: { value: (z) => softplus(z), slope: (z) => sigmoid(z) },
  softsign: { value: (z) => div(z, add(1, abs(z))), slope: (z) => div(1, square(add(1, abs(z)))) },
  exponential: { value: (z) => exp(z), slope: (z) => exp(z) },
  hard_sigmoid: {
    value: hardSigmoid,
    slope: (z) => mul(float(tf.less(abs(z), 3)), 1 / 6),
  },
  hard_silu: {
    value: (z) => mul(z, hardSigmoid(z)),
    slope: (z) => add(hardSigmoid(z), mul(z, mul(float(tf.less(abs(z), 3)), 1 / 6))),
  },
  mish: {
    value: (z) => mul(z, tanh(softplus(z))),
    slope: (z) => {
      const t = tanh(softplus(z));
      return add(t, mul(mul(z, oneMinusSquare(t)), sigmoid(z)));
    },
  },
};
