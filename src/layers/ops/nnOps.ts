// Convolution, pooling and attention of keras.ops.nn. They use the functions of the corresponding layers.
// Source: https://keras.io/api/ops/nn/

import * as tf from '@tensorflow/tfjs-core';
import { getActivation } from '../activations/activations.js';
import type { KerasDataFormat, KerasPadding } from '../base/fields.js';
import { imageDataFormat } from '../base/imageDataFormat.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { convOutputShape, type Window } from '../conv/convShapes.js';
import { runConv } from '../conv/runConv.js';
import { runConvTranspose } from '../conv/runConvTranspose.js';
import { transposedShape } from '../conv/transposeShapes.js';
import { poolAxis } from '../pooling/baseAdaptivePooling.js';
import { type PoolMode, runPool } from '../pooling/runPool.js';
import type { OpCall } from './opCall.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { float } from './opValues.js';

/** The argument data_format; null is `imageDataFormat()`. */
export function dataFormatOf(call: OpCall): KerasDataFormat {
  if (!call.has('data_format')) return imageDataFormat();
  return call.oneOf('data_format', ['channels_last', 'channels_first'], 'channels_last');
}

/** A number per spatial dimension; one number stands for all. */
function perDimension(call: OpCall, key: string, rank: number, missing: number): number[] {
  const list = call.has(key) ? call.integers(key) : [missing];
  if (list.length === 1) return Array<number>(rank).fill(list[0]);
  if (list.length === rank) return list;
  throw call.wrong(key, `one number or ${rank}`);
}

/** The geometry of a convolution or pooling. @param kernelSize the kernel's spatial sizes. */
function windowOf(call: OpCall, x: tf.Tensor, kernelSize: readonly number[]): Window & { padding: KerasPadding } {
  const rank = x.rank - 2;
  if (kernelSize.length !== rank || rank < 1 || rank > 3) {
    throw new KerasValueError(
      `${call.where}: the kernel must have as many axes as the input. Received: inputs shape=${showValue(x.shape)}, kernel size=${showValue(kernelSize)}`,
    );
  }
  return {
    kernelSize,
    strides: perDimension(call, 'strides', rank, 1),
    dilationRate: perDimension(call, 'dilation_rate', rank, 1),
    padding: call.oneOf('padding', ['valid', 'same'], 'valid'),
    dataFormat: dataFormatOf(call),
  };
}

const convNames = 'inputs kernel strides padding data_format dilation_rate';

const conv = op(convNames, (call) => {
  const x = float(call.tensor('inputs'));
  const filter = float(call.tensor('kernel'));
  const window = windowOf(call, x, filter.shape.slice(0, -2));
  return convolve(call, x, filter, window);
});

function channelsOf(x: tf.Tensor, { dataFormat }: Window): number {
  return x.shape[dataFormat === 'channels_last' ? x.rank - 1 : 1] as number;
}

/** Computes the convolution, or zeros of its shape in a trial. */
function convolve(call: OpCall, x: tf.Tensor, filter: tf.Tensor, window: Window): tf.Tensor {
  const [perGroup, filters] = filter.shape.slice(-2);
  const channels = channelsOf(x, window);
  if (channels % perGroup !== 0) {
    throw new KerasValueError(
      `${call.where}: the input's channels must be those of the kernel, or a multiple of them. Received: inputs shape=${showValue(x.shape)}, kernel shape=${showValue(filter.shape)}`,
    );
  }
  const shape = convOutputShape(window, x.shape, filters, filter.shape) as number[];
  return call.isTrial ? tf.zeros(shape) : runConv({ x, filter, window });
}

/**
 * Reshapes [...kernelSize, channels, multiplier] to a grouped kernel: output channel c*multiplier + m is in group c.
 */
function depthwiseFilter(kernel: tf.Tensor): tf.Tensor {
  const kernelSize = kernel.shape.slice(0, -2);
  return tf.reshape(kernel, [...kernelSize, 1, -1]);
}

function runDepthwise(call: OpCall, kernelName: string): tf.Tensor {
  const x = float(call.tensor('inputs'));
  const kernel = float(call.tensor(kernelName));
  const window = windowOf(call, x, kernel.shape.slice(0, -2));
  return convolve(call, x, depthwiseFilter(kernel), window);
}

const separableConv = op(
  'inputs depthwise_kernel pointwise_kernel strides padding data_format dilation_rate',
  (call) => {
    const x = runDepthwise(call, 'depthwise_kernel');
    const filter = float(call.tensor('pointwise_kernel'));
    const ones = Array<number>(x.rank - 2).fill(1);
    const window: Window = {
      kernelSize: ones,
      strides: ones,
      dilationRate: ones,
      padding: 'valid',
      dataFormat: dataFormatOf(call),
    };
    return convolve(call, x, filter, window);
  },
);

const convTranspose = op('inputs kernel strides padding output_padding data_format dilation_rate', (call) => {
  const x = float(call.tensor('inputs'));
  const kernel = float(call.tensor('kernel'));
  const window = windowOf(call, x, kernel.shape.slice(0, -2));
  const outputPadding = call.has('output_padding') ? perDimension(call, 'output_padding', x.rank - 2, 0) : null;
  if (x.rank > 4) throw call.wrong('inputs', 'of one or two spatial dimensions');
  const transposed = { ...window, outputPadding };
  const shape = transposedShape(transposed, x.shape, kernel.shape[kernel.rank - 2] as number, kernel.shape) as number[];
  if (call.isTrial) return tf.zeros(shape);
  return runConvTranspose({ x, kernel, window: transposed, activation: getActivation(null) });
});

function pool(mode: PoolMode): OpRow {
  return op('inputs pool_size strides padding data_format', (call) => {
    const x = float(call.tensor('inputs'));
    const poolSize = perDimension(call, 'pool_size', x.rank - 2, 1);
    const { padding, dataFormat, strides: given } = windowOf(call, x, poolSize);
    const strides = call.has('strides') ? given : poolSize;
    const window = { kernelSize: poolSize, dilationRate: poolSize.map(() => 1), strides, padding, dataFormat };
    const shape = convOutputShape(window, x.shape, channelsOf(x, window), poolSize) as number[];
    return call.isTrial ? tf.zeros(shape) : runPool(mode, x, { poolSize, strides, padding, dataFormat });
  });
}

function adaptivePool(mode: PoolMode): OpRow {
  return op('inputs output_size data_format', (call) => {
    const x = float(call.tensor('inputs'));
    const sizes = perDimension(call, 'output_size', x.rank - 2, 1);
    const first = dataFormatOf(call) === 'channels_last' ? 1 : 2;
    return sizes.reduce((y, size, i) => poolAxis(mode, y, first + i, size), x).clone();
  });
}

/** Rearranges the block*block*C channels of each pixel into block x block pixels with C channels, row by row. */
const depthToSpace = op('x block_size data_format', (call) => {
  const x = call.tensor('x');
  const b = call.integer('block_size');
  if (dataFormatOf(call) === 'channels_last') {
    const [n, h, w, c] = x.shape;
    const split = tf.transpose(tf.reshape(x, [n, h, w, b, b, c / b ** 2]), [0, 1, 3, 2, 4, 5]);
    return tf.reshape(split, [n, h * b, w * b, c / b ** 2]);
  }
  const [n, c, h, w] = x.shape;
  const split = tf.transpose(tf.reshape(x, [n, c / b ** 2, b, b, h, w]), [0, 1, 4, 2, 5, 3]);
  return tf.reshape(split, [n, c / b ** 2, h * b, w * b]);
});

const spaceToDepth = op('x block_size data_format', (call) => {
  const x = call.tensor('x');
  const b = call.integer('block_size');
  if (dataFormatOf(call) === 'channels_last') {
    const [n, h, w, c] = x.shape;
    const split = tf.transpose(tf.reshape(x, [n, h / b, b, w / b, b, c]), [0, 1, 3, 2, 4, 5]);
    return tf.reshape(split, [n, h / b, w / b, c * b ** 2]);
  }
  const [n, c, h, w] = x.shape;
  const split = tf.transpose(tf.reshape(x, [n, c, h / b, b, w / b, b]), [0, 1, 3, 5, 2, 4]);
  return tf.reshape(split, [n, c * b ** 2, h / b, w / b]);
});

/** softmax(q k^T * scale + bias) v for q, k, v of shape [batch, time, heads, depth]. */
const dotProductAttention = op(
  'query key value bias mask scale is_causal flash_attention attn_logits_soft_cap',
  (call) => {
    const [q, k, v] = ['query', 'key', 'value'].map((key) => tf.transpose(float(call.tensor(key)), [0, 2, 1, 3]));
    const scores = tf.mul(tf.matMul(q, k, false, true), call.number('scale', 1 / Math.sqrt(q.shape[3] as number)));
    const bias = call.tensorOrNull('bias');
    const biased = bias ? tf.add(scores, float(bias)) : scores;
    const cap = call.has('attn_logits_soft_cap') ? call.number('attn_logits_soft_cap') : null;
    const capped = cap === null ? biased : tf.mul(tf.tanh(tf.div(biased, cap)), cap);
    const weights = tf.softmax(masked(call, capped));
    return tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]);
  },
);

/** Sets the scores of masked positions so low that the softmax gives zero. */
function masked(call: OpCall, scores: tf.Tensor): tf.Tensor {
  const mask = call.tensorOrNull('mask');
  const low = tf.fill(scores.shape, -0.7 * 3.4028235e38);
  const [rows, columns] = scores.shape.slice(-2);
  const seen = mask ? tf.where(tf.broadcastTo(tf.cast(mask, 'bool'), scores.shape), scores, low) : scores;
  if (!call.boolean('is_causal', false)) return seen;
  const isPast = tf.greaterEqual(
    tf.reshape(tf.range(0, rows), [rows, 1]),
    tf.reshape(tf.range(0, columns), [1, columns]),
  );
  return tf.where(tf.broadcastTo(isPast, scores.shape), seen, low);
}

export const nnOps: OpTable = {
  Conv: conv,
  DepthwiseConv: op(convNames, (call) => runDepthwise(call, 'kernel')),
  SeparableConv: separableConv,
  ConvTranspose: convTranspose,
  MaxPool: pool('max'),
  AveragePool: pool('average'),
  AdaptiveMaxPool: adaptivePool('max'),
  AdaptiveAveragePool: adaptivePool('average'),
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  DotProductAttention: dotProductAttention,
};
