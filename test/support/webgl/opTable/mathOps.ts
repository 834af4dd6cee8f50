// Functions that add up, sort, multiply matrices, convolve, differentiate.

import * as tf from '@tensorflow/tfjs';
import { type OpCase, type OpTable, type Run, shapes, unary } from './opTable.js';

const [images, image, vectors] = shapes;

const reduce = (f: (x: tf.Tensor, axis?: number | number[]) => tf.Tensor, low?: number, high?: number): Run => {
  return (x) =>
    shapes.flatMap((shape) => [
      f(x(shape, low, high)),
      ...shape.map((_, axis) => f(x(shape, low, high), axis)),
      f(x(shape, low, high), shape.length > 2 ? [shape.length - 3, shape.length - 2] : [0, 1]),
    ]);
};

const onEachAxis = (f: (x: tf.Tensor, axis: number) => tf.Tensor, low?: number, high?: number): Run => {
  return (x) => shapes.flatMap((shape) => shape.map((_, axis) => f(x(shape, low, high), axis)));
};

const lastAxis = (f: (x: tf.Tensor) => tf.Tensor): Run => unary(f);
const ints = (values: number[]) => tf.tensor1d(values, 'int32');
const asBool = (x: tf.Tensor) => tf.cast(tf.relu(x), 'bool');

export const reductions: OpTable = {
  all: reduce((x, axis) => tf.all(asBool(tf.add(x, 2.7)), axis)),
  any: reduce((x, axis) => tf.any(asBool(tf.sub(x, 2.7)), axis)),
  argMax: onEachAxis((x, axis) => tf.argMax(x, axis)),
  argMin: onEachAxis((x, axis) => tf.argMin(x, axis)),
  bincount: (x) => tf.bincount(tf.cast(x([20], 0, 5), 'int32'), x([20]), 5),
  cumprod: onEachAxis((x, axis) => tf.cumprod(x, axis, axis === 1)),
  cumsum: onEachAxis((x, axis) => tf.cumsum(x, axis, axis === 1, axis === 0)),
  denseBincount: (x) => tf.denseBincount(tf.cast(x([2, 10], 0, 5), 'int32'), x([2, 10]), 5),
  euclideanNorm: reduce((x, axis) => tf.euclideanNorm(x, axis as number)),
  inTopKAsync: async (x) => await tf.inTopKAsync(x(vectors), ints([1, 9, 4]), 3),
  logSoftmax: lastAxis((x) => tf.logSoftmax(x)),
  logSumExp: reduce((x, axis) => tf.logSumExp(x, axis)),
  max: reduce((x, axis) => tf.max(x, axis)),
  mean: reduce((x, axis) => tf.mean(x, axis)),
  min: reduce((x, axis) => tf.min(x, axis)),
  moments: (x) => shapes.flatMap((shape) => Object.values(tf.moments(x(shape), [0]))),
  norm: reduce((x, axis) => tf.norm(x, 1, axis)),
  prod: reduce((x, axis) => tf.prod(x, axis), 0.9, 1.1),
  softmax: lastAxis((x) => tf.softmax(x)),
  sum: reduce((x, axis) => tf.sum(x, axis)),
  topk: (x) => shapes.flatMap((shape) => Object.values(tf.topk(x(shape), 3))),
  unique: (x) => Object.values(tf.unique(tf.round(x([20])))).concat(Object.values(tf.unique(tf.round(x([7, 2]))))),
  lowerBound: (x) => tf.lowerBound(tf.cumsum(x(vectors, 0, 1), 1), x([3, 4], 0, 6)),
  upperBound: (x) => tf.upperBound(tf.cumsum(x(vectors, 0, 1), 1), x([3, 4], 0, 6)),
  searchSorted: (x) => tf.searchSorted(tf.cumsum(x(vectors, 0, 1), 1), x([3, 4], 0, 6), 'right'),
  setdiff1dAsync: async (x) => await tf.setdiff1dAsync(tf.round(x([9])), tf.round(x([3]))),
};

export const matrixOps: OpTable = {
  dot: (x) => [tf.dot(x([7]), x([7])), tf.dot(x(vectors), x([10])), tf.dot(x(vectors), x([10, 4]))],
  einsum: (x) => [tf.einsum('ij,jk->ik', x(vectors), x([10, 4])), tf.einsum('nhwc->nc', x(images))],
  matMul: (x) => [
    tf.matMul(x(vectors), x([10, 4])),
    tf.matMul(x([10, 3]), x([4, 10]), true, true),
    tf.matMul(x(images), x([2, 3, 6, 4])),
    tf.matMul(x(image), x([3, 4])),
  ],
  outerProduct: (x) => tf.outerProduct(x([5]), x([7])),
  'fused.matMul': (x) => {
    const bias = x([4]);
    return tf.fused.matMul({ a: x(vectors), b: x([10, 4]), bias, activation: 'prelu', preluActivationWeights: x([4]) });
  },
  'linalg.bandPart': (x) => shapes.map((shape) => tf.linalg.bandPart(x(shape), 1, 0)),
  'linalg.gramSchmidt': (x) => tf.linalg.gramSchmidt(x<tf.Tensor2D>([3, 5])),
  'linalg.qr': (x) => tf.linalg.qr(x([5, 3])),
};

/** Sines of SwiftShader are good to three digits. */
const rough = (run: Run): OpCase => ({ run, tolerance: 3e-3, judge: 'cpu' });

export const complexOps: OpTable = {
  complex: (x) => shapes.map((shape) => tf.complex(x(shape), x(shape))),
  real: (x) => tf.real(tf.complex(x(images), x(images))),
  imag: (x) => tf.imag(tf.complex(x(images), x(images))),
  fft: rough((x) => tf.fft(tf.complex(x([3, 8]), x([3, 8])))),
  ifft: rough((x) => tf.ifft(tf.complex(x([3, 8]), x([3, 8])))),
  rfft: rough((x) => tf.rfft(x([3, 8]))),
  irfft: rough((x) => tf.irfft(tf.complex(x([3, 5]), x([3, 5])))),
  'spectral.fft': rough((x) => tf.spectral.fft(tf.complex(x([2, 7]), x([2, 7])))),
  'spectral.ifft': rough((x) => tf.spectral.ifft(tf.complex(x([2, 7]), x([2, 7])))),
  'spectral.rfft': rough((x) => tf.spectral.rfft(x([2, 7]))),
  'spectral.irfft': rough((x) => tf.spectral.irfft(tf.complex(x([2, 4]), x([2, 4])))),
  'signal.frame': (x) => tf.signal.frame(x([20]), 6, 4),
  'signal.stft': rough((x) => tf.signal.stft(x([20]), 6, 4, 8)),
};

const labels = (x: tf.Tensor) => tf.step(x);
const pair =
  (f: (labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor, low = 0.1, high = 0.9): Run =>
  (x) =>
    [vectors, images].map((shape) => f(x(shape, low, high), x(shape, low, high)));

export const losses: OpTable = {
  'losses.absoluteDifference': pair((a, b) => tf.losses.absoluteDifference(a, b)),
  'losses.computeWeightedLoss': pair((a, b) => tf.losses.computeWeightedLoss(a, b)),
  'losses.cosineDistance': pair((a, b) => tf.losses.cosineDistance(a, b, 1)),
  'losses.hingeLoss': pair((a, b) => tf.losses.hingeLoss(labels(a), b), -2, 2),
  'losses.huberLoss': pair((a, b) => tf.losses.huberLoss(a, b), -2, 2),
  'losses.logLoss': pair((a, b) => tf.losses.logLoss(a, b)),
  'losses.meanSquaredError': pair((a, b) => tf.losses.meanSquaredError(a, b)),
  'losses.sigmoidCrossEntropy': pair((a, b) => tf.losses.sigmoidCrossEntropy(a, b)),
  'losses.softmaxCrossEntropy': pair((a, b) => tf.losses.softmaxCrossEntropy(a, b)),
  'math.confusionMatrix': (x) => {
    const classes = () => tf.cast(x<tf.Tensor1D>([9], 0, 3), 'int32');
    return tf.math.confusionMatrix(classes(), classes(), 3);
  },
  ...Object.fromEntries(
    (
      [
        'MAPE',
        'MSE',
        'binaryAccuracy',
        'binaryCrossentropy',
        'categoricalAccuracy',
        'categoricalCrossentropy',
        'cosineProximity',
        'mape',
        'meanAbsoluteError',
        'meanAbsolutePercentageError',
        'meanSquaredError',
        'mse',
        'precision',
        'r2Score',
        'recall',
      ] as const
    ).map((name) => [`metrics.${name}`, (x) => tf.metrics[name](x(vectors, 0.1, 0.9), x(vectors, 0.1, 0.9))] as const),
  ),
  'metrics.sparseCategoricalAccuracy': (x) => {
    return tf.metrics.sparseCategoricalAccuracy(tf.floor(x([3, 1], 0, 10)), x(vectors));
  },
};
