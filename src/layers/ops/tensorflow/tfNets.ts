// tf.nn: https://www.tensorflow.org/api_docs/python/tf/nn

import * as tf from '@tensorflow/tfjs-core';
import { getActivation } from '../../activations/activations.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { Window } from '../../conv/convShapes.js';
import { runConv } from '../../conv/runConv.js';
import { logSoftmaxAlong } from '../../losses/crossentropy.js';
import { type PoolMode, runPool } from '../../pooling/runPool.js';
import { gatherAt } from '../gathering.js';
import type { OpCall } from '../opCall.js';
import { type OpRow, type OpTable, op } from '../opRow.js';
import { float } from '../opValues.js';
import { axesOf, integersOf, numberOf } from './tfValues.js';

/** Numbers for the spatial axes, given as one, one per axis, or with those of batch and channels. */
function spatial(call: OpCall, key: string, rank: number, missing: number, isLast: boolean): number[] {
  const list = call.has(key) ? integersOf(call, key) : [missing];
  if (list.length === 1) return Array<number>(rank).fill(list[0]);
  if (list.length === rank) return list;
  if (list.length === rank + 2) return isLast ? list.slice(1, -1) : list.slice(2);
  throw call.wrong(key, `1, ${rank} or ${rank + 2} numbers`);
}

const isChannelsLast = (call: OpCall) => !call.has('data_format') || !/^NC/.test(call.text('data_format'));

/** The input with explicit padding applied, and the padding that is left. */
function padded(call: OpCall, x: tf.Tensor): { x: tf.Tensor; padding: 'same' | 'valid' } {
  const given = call.raw('padding') ?? 'VALID';
  if (typeof given === 'string') {
    const padding = given.toLowerCase();
    if (padding === 'same' || padding === 'valid') return { x, padding };
    throw call.wrong('padding', 'SAME, VALID or explicit numbers');
  }
  return { x: tf.pad(x, given as unknown as [number, number][]), padding: 'valid' };
}

function convOf(inputName: string, filterName: string, shape: (filter: tf.Tensor) => tf.Tensor = (w) => w): OpRow {
  return op(`${inputName} ${filterName} strides padding data_format dilations`, (call) => {
    const isLast = isChannelsLast(call);
    const given = filterName === 'filters' && call.has('filter') ? 'filter' : filterName;
    const filter = shape(float(call.tensor(given)));
    const { x, padding } = padded(call, float(call.tensor(inputName)));
    const rank = x.rank - 2;
    const window: Window = {
      kernelSize: filter.shape.slice(0, rank),
      strides: spatial(call, call.has('stride') ? 'stride' : 'strides', rank, 1, isLast),
      dilationRate: spatial(call, 'dilations', rank, 1, isLast),
      padding,
      dataFormat: isLast ? 'channels_last' : 'channels_first',
    };
    return runConv({ x, filter, window });
  });
}

/** [..., channels, multiplier] as groups of one channel. */
const depthwise = (w: tf.Tensor) => tf.reshape(w, [...w.shape.slice(0, -2), 1, -1]);

const separable = op('input depthwise_filter pointwise_filter strides padding data_format dilations', (call) => {
  const first = convOf('input', 'depthwise_filter', depthwise).run(call) as tf.Tensor;
  const ones = [1, 1];
  return runConv({
    x: first,
    filter: float(call.tensor('pointwise_filter')),
    window: {
      kernelSize: ones,
      strides: ones,
      dilationRate: ones,
      padding: 'valid',
      dataFormat: isChannelsLast(call) ? 'channels_last' : 'channels_first',
    },
  });
});

const conv2dTranspose = op('input filters output_shape strides padding data_format dilations', (call) => {
  const { x, padding } = padded(call, float(call.tensor('input')));
  const dilations = spatial(call, 'dilations', 2, 1, true);
  if (!isChannelsLast(call) || dilations.some((value) => value > 1))
    throw call.wrong('data_format', 'NHWC, with dilations of 1');
  const [height, width, channels] = integersOf(call, 'output_shape').slice(-3);
  return tf.conv2dTranspose(
    x as tf.Tensor4D,
    float(call.tensor('filters')) as tf.Tensor4D,
    [x.shape[0], height, width, channels],
    spatial(call, 'strides', 2, 1, true) as [number, number],
    padding,
  );
});

function pool(mode: PoolMode | null, rank: number | null, names = 'input ksize strides padding data_format'): OpRow {
  return op(names, (call) => {
    const isLast = isChannelsLast(call);
    const key = call.has('window_shape') ? 'window_shape' : 'ksize';
    const given = float(call.tensor(call.has('value') ? 'value' : 'input'));
    const { x, padding } = padded(call, given);
    const spatialRank = rank ?? x.rank - 2;
    const poolSize = spatial(call, key, spatialRank, 1, isLast);
    const strides = spatial(call, 'strides', spatialRank, 1, isLast);
    const kind = mode ?? (call.text('pooling_type').toUpperCase() === 'MAX' ? 'max' : 'average');
    return runPool(kind, x, { poolSize, strides, padding, dataFormat: isLast ? 'channels_last' : 'channels_first' });
  });
}

const biasAdd = op('value bias data_format', (call) => {
  const x = float(call.tensor('value'));
  const bias = float(call.tensor('bias'));
  return tf.add(x, isChannelsLast(call) ? bias : tf.reshape(bias, [-1, ...x.shape.slice(2).map(() => 1)]));
});

const sigmoidLoss = op('labels logits', (call) => {
  const [z, x] = [float(call.tensor('labels')), float(call.tensor('logits'))];
  return tf.add(tf.sub(tf.relu(x), tf.mul(x, z)), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
});

const weightedLoss = op('labels logits pos_weight', (call) => {
  const [z, x] = [float(call.tensor('labels')), float(call.tensor('logits'))];
  const weight = tf.add(1, tf.mul(tf.sub(float(call.tensor('pos_weight')), 1), z));
  return tf.add(tf.mul(tf.sub(1, z), x), tf.mul(weight, tf.softplus(tf.neg(x))));
});

const softmaxLoss = op('labels logits axis', (call) => {
  const x = float(call.tensor('logits'));
  const axis = call.axis('axis', x.rank, -1);
  return tf.neg(tf.sum(tf.mul(float(call.tensor('labels')), logSoftmaxAlong(x, axis)), axis));
});

const sparseLoss = op('labels logits', (call) => {
  const x = float(call.tensor('logits'));
  const labels = tf.cast(call.tensor('labels'), 'int32');
  const isTarget = tf.equal(tf.expandDims(labels, -1), tf.range(0, x.shape[x.rank - 1], 1, 'int32'));
  return tf.neg(tf.sum(tf.mul(float(isTarget), logSoftmaxAlong(x)), -1));
});

/** exp(log_input) - log_input targets, and with compute_full_loss Stirling's series of log(targets!) for targets above 1. */
const logPoissonLoss = op('targets log_input compute_full_loss', (call) => {
  const [z, x] = [float(call.tensor('targets')), float(call.tensor('log_input'))];
  const loss = tf.sub(tf.exp(x), tf.mul(x, z));
  if (!call.boolean('compute_full_loss', false)) return loss;
  const hasNone = tf.logicalAnd(tf.greaterEqual(z, 0), tf.lessEqual(z, 1));
  const safe = tf.where(hasNone, tf.onesLike(z), z);
  const stirling = tf.add(tf.sub(tf.mul(safe, tf.log(safe)), safe), tf.mul(tf.log(tf.mul(safe, 2 * Math.PI)), 0.5));
  return tf.add(loss, tf.where(hasNone, tf.zerosLike(z), stirling));
});

/** The sum of the losses, each times its weight, over the size of the batch. */
const averageLoss = op('per_example_loss sample_weight global_batch_size', (call) => {
  const losses = float(call.tensor('per_example_loss'));
  const given = call.tensorOrNull('sample_weight');
  const weights = given && (given.rank === losses.rank - 1 ? tf.expandDims(float(given), -1) : float(given));
  const sum = tf.sum(weights ? tf.mul(losses, weights) : losses);
  return tf.div(sum, numberOf(call, 'global_batch_size', losses.shape[0]));
});

/** The largest (or for erosion minus the largest of minus) sum of window and filter. */
function morphology(
  names: string,
  filterName: string,
  run: (x: tf.Tensor4D, w: tf.Tensor3D, call: OpCall, pad: 'same' | 'valid') => tf.Tensor,
): OpRow {
  return op(names, (call) => {
    const { x, padding } = padded(call, float(call.tensor(call.has('value') ? 'value' : 'input')));
    return run(x as tf.Tensor4D, float(call.tensor(filterName)) as tf.Tensor3D, call, padding);
  });
}

const pairOf = (call: OpCall, key: string) => spatial(call, key, 2, 1, true) as [number, number];

const dilation = morphology('input filters strides padding data_format dilations', 'filters', (x, w, call, pad) =>
  tf.dilation2d(x, w, pairOf(call, 'strides'), pad, pairOf(call, 'dilations')),
);

const erosion = morphology('value filters strides padding data_format dilations', 'filters', (x, w, call, pad) =>
  tf.neg(tf.dilation2d(tf.neg(x), tf.reverse(w, [0, 1]), pairOf(call, 'strides'), pad, pairOf(call, 'dilations'))),
);

const embedding = op('params ids max_norm', (call) => {
  if (call.has('max_norm')) throw call.wrong('max_norm', 'None');
  return gatherAt(call.tensor('params'), tf.cast(call.tensor('ids'), 'int32')).clone();
});

const silu = op('features beta', (call) => {
  const x = float(call.tensor('features'));
  return tf.mul(x, tf.sigmoid(tf.mul(x, call.number('beta', 1))));
});

const lrn = op('input depth_radius bias alpha beta', (call) =>
  tf.localResponseNormalization(
    float(call.tensor('input')) as tf.Tensor4D,
    call.integer('depth_radius', 5),
    call.number('bias', 1),
    call.number('alpha', 1),
    call.number('beta', 0.5),
  ),
);

const crelu = op('features axis', (call) => {
  const x = float(call.tensor('features'));
  return tf.concat([tf.relu(x), tf.relu(tf.neg(x))], call.axis('axis', x.rank, -1));
});

const gelu = op('features approximate', (call) =>
  getActivation({ class_name: 'gelu', config: { approximate: call.boolean('approximate', false) } }).apply(
    float(call.tensor('features')),
  ),
);

/** Divides by the norm, and gives that too. */
const normalize = op('tensor ord axis', (call) => {
  const x = float(call.tensor('tensor'));
  const ord = call.raw('ord') ?? 'euclidean';
  if (ord !== 'euclidean' && ord !== 2) {
    throw new KerasValueError(`${call.where}: only the Euclidean norm is supported; received ord=${showValue(ord)}`);
  }
  const norm = tf.sqrt(tf.sum(tf.square(x), axesOf(call, x), true));
  return [tf.div(x, norm), norm];
});

export const tfNets: OpTable = {
  'tf.nn.conv1d': convOf('input', 'filters'),
  'tf.nn.conv2d': convOf('input', 'filters'),
  'tf.nn.conv3d': convOf('input', 'filters'),
  'tf.nn.convolution': convOf('input', 'filters'),
  'tf.nn.depthwise_conv2d': convOf('input', 'filter', depthwise),
  'tf.nn.separable_conv2d': separable,
  'tf.nn.conv2d_transpose': conv2dTranspose,
  'tf.nn.max_pool': pool('max', null),
  'tf.nn.max_pool1d': pool('max', 1),
  'tf.nn.max_pool2d': pool('max', 2),
  'tf.nn.max_pool3d': pool('max', 3),
  'tf.nn.avg_pool': pool('average', null),
  'tf.nn.avg_pool1d': pool('average', 1),
  'tf.nn.avg_pool2d': pool('average', 2),
  'tf.nn.avg_pool3d': pool('average', 3),
  'tf.nn.pool': pool(null, null, 'input window_shape pooling_type strides padding data_format dilations'),
  'tf.nn.bias_add': biasAdd,
  'tf.nn.l2_loss': op('t', (call) => tf.div(tf.sum(tf.square(float(call.tensor('t')))), 2)),
  'tf.nn.crelu': crelu,
  'tf.nn.silu': silu,
  'tf.nn.gelu': gelu,
  'tf.nn.local_response_normalization': lrn,
  'tf.nn.sigmoid_cross_entropy_with_logits': sigmoidLoss,
  'tf.nn.weighted_cross_entropy_with_logits': weightedLoss,
  'tf.nn.softmax_cross_entropy_with_logits': softmaxLoss,
  'tf.nn.sparse_softmax_cross_entropy_with_logits': sparseLoss,
  'tf.nn.log_poisson_loss': logPoissonLoss,
  'tf.nn.compute_average_loss': averageLoss,
  'tf.nn.embedding_lookup': embedding,
  'tf.nn.dilation2d': dilation,
  'tf.nn.erosion2d': erosion,
  'tf.linalg.normalize': normalize,
};
