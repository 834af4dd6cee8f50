// The operations that stand between convolutions in real networks, at one size: 112 x 112 x 32, the first block of a
// MobileNet. Add one: a row. The expected values come from tfjs-cpu.

import * as tf from '@tensorflow/tfjs';

/** The table calls every operand an image; some have another rank. */
type Compute = (operands: readonly tf.Tensor4D[]) => tf.Tensor;

export interface Op {
  readonly name: string;
  /** Its kernel in TensorFlow.js; a backend without it is left out. */
  readonly kernel: string;
  /** Shapes of the operands. */
  readonly shapes: readonly (readonly number[])[];
  readonly compute: Compute;
  /** The operands are random in this range. */
  readonly range: readonly [number, number];
}

function op(name: string, kernel: string, shapes: Op['shapes'], compute: Compute, range: Op['range'] = [-1, 1]): Op {
  return { name, kernel, shapes, compute, range };
}

const IMAGE = [1, 112, 112, 32];
const CHANNELS = [32];
const ONE = [IMAGE];
const TWO = [IMAGE, IMAGE];
const { resizeNearestNeighbor: resizeNearest } = tf.image;
const BORDER = [0, 1, 1, 0].map((size): [number, number] => [size, size]);
const STATS = [CHANNELS, CHANNELS, CHANNELS, CHANNELS]; // mean, variance, offset and scale
const batchNorm: Compute = ([x, ...stats]) =>
  tf.batchNorm(x, ...(stats as unknown as [Vector, Vector, Vector, Vector]));
type Vector = tf.Tensor1D;

export const ops: readonly Op[] = [
  op('relu6', 'Relu6', ONE, ([x]) => tf.relu6(x), [-8, 8]),
  op('sigmoid', 'Sigmoid', ONE, ([x]) => tf.sigmoid(x)),
  op('exp', 'Exp', ONE, ([x]) => tf.exp(x)),
  op('tanh', 'Tanh', ONE, ([x]) => tf.tanh(x)),
  op('add', 'Add', TWO, ([x, y]) => tf.add(x, y)),
  op('add [C]', 'Add', [IMAGE, CHANNELS], ([x, y]) => tf.add(x, y)),
  op('mul [N,1,1,C]', 'Multiply', [IMAGE, [1, 1, 1, 32]], ([x, y]) => tf.mul(x, y)),
  op('batchNorm', 'FusedBatchNorm', [IMAGE, ...STATS], batchNorm, [0.5, 2.5]), // a variance is positive
  op('maxPool 3x3 s2', 'MaxPool', ONE, ([x]) => tf.maxPool(x, 3, 2, 'same')),
  op('avgPool 2x2 s2', 'AvgPool', ONE, ([x]) => tf.avgPool(x, 2, 2, 'valid')),
  op('mean over H, W', 'Mean', ONE, ([x]) => tf.mean(x, [1, 2])),
  op('sum over H, W', 'Sum', ONE, ([x]) => tf.sum(x, [1, 2])),
  op('max over H, W', 'Max', ONE, ([x]) => tf.max(x, [1, 2])),
  op('softmax over C', 'Softmax', ONE, ([x]) => tf.softmax(x)),
  op('pad', 'PadV2', ONE, ([x]) => tf.pad(x, BORDER)),
  op('mirrorPad', 'MirrorPad', ONE, ([x]) => tf.mirrorPad(x, BORDER, 'reflect')),
  op('concat over C', 'Concat', TWO, ([x, y]) => tf.concat([x, y], 3)),
  op('slice', 'Slice', ONE, ([x]) => tf.slice(x, [0, 8, 8, 8], [1, 96, 96, 16])),
  op('NHWC -> NCHW', 'Transpose', ONE, ([x]) => tf.transpose(x, [0, 3, 1, 2])),
  op('resizeBilinear x2', 'ResizeBilinear', ONE, ([x]) => tf.image.resizeBilinear(x, [224, 224], false, true)),
  op('resizeNearest x2', 'ResizeNearestNeighbor', ONE, ([x]) => resizeNearest(x, [224, 224], false, true)),
  op('depthToSpace 2', 'DepthToSpace', ONE, ([x]) => tf.depthToSpace(x, 2)),
  op('cast to int32', 'Cast', ONE, ([x]) => tf.cast(x, 'int32'), [-128, 128]),
  matMul(false, false),
  matMul(true, false),
  matMul(false, true),
  matMul(true, true),
];

/** [256, 512] x [512, 512], each side as it is or transposed in memory. */
function matMul(isATransposed: boolean, isBTransposed: boolean): Op {
  const name = `matMul 256x512x512 ${isATransposed ? 'aT' : 'a'} ${isBTransposed ? 'bT' : 'b'}`;
  const shapes = [isATransposed ? [512, 256] : [256, 512], [512, 512]];
  return op(name, 'BatchMatMul', shapes, ([a, b]) => tf.matMul<tf.Tensor>(a, b, isATransposed, isBTransposed));
}
