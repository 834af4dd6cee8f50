// Operations so small that most of their time is the call. Add one: a row.

import * as tf from '@tensorflow/tfjs';

export interface Call {
  readonly name: string;
  /** Makes operands on the current backend, and gives the operation on them. */
  make(): () => tf.Tensor;
}

const image = (channels = 8) => tf.ones<tf.Rank.R4>([1, 8, 8, channels]);
const filter = (k: number, depth: number, outC: number) => tf.ones<tf.Rank.R4>([k, k, depth, outC]);

function fused(k: number): () => () => tf.Tensor {
  return () => {
    const operands = { x: image(), filter: filter(k, 8, 8), bias: tf.ones<tf.Rank.R1>([8]) };
    return () => tf.fused.conv2d({ ...operands, strides: 1, pad: 'same', activation: 'relu' });
  };
}

/** A function of one image. */
function unary(f: (x: tf.Tensor4D) => tf.Tensor): () => () => tf.Tensor {
  return () => {
    const x = image();
    return () => f(x);
  };
}

/** A function of an image and a tensor. */
function binary(shape: number[], f: (a: tf.Tensor4D, b: tf.Tensor) => tf.Tensor): () => () => tf.Tensor {
  return () => {
    const [a, b] = [image(), tf.ones(shape)];
    return () => f(a, b);
  };
}

/** A dense layer of one image, as squeeze-and-excitation has. */
function dense(inC: number, outC: number): () => () => tf.Tensor {
  return () => {
    const x = tf.ones<tf.Rank.R4>([1, 1, 1, inC]);
    const [w, bias] = [filter(1, inC, outC), tf.ones<tf.Rank.R1>([outC])];
    return () => tf.fused.conv2d({ x, filter: w, bias, strides: 1, pad: 'same' });
  };
}

export const calls: readonly Call[] = [
  { name: 'conv2d 1x1', make: binary([1, 1, 8, 8], (x, w) => tf.conv2d(x, w as tf.Tensor4D, 1, 'same')) },
  { name: 'fused conv2d 1x1', make: fused(1) },
  { name: 'fused conv2d 3x3', make: fused(3) },
  {
    name: 'depthwise 3x3',
    make: binary([3, 3, 8, 1], (x, w) => tf.depthwiseConv2d(x, w as tf.Tensor4D, 1, 'same')),
  },
  { name: 'dense 96 -> 4', make: dense(96, 4) },
  { name: 'dense 672 -> 28', make: dense(672, 28) },
  {
    name: 'matMul 8x8x8',
    make: () => {
      const [a, b] = [tf.ones([8, 8]), tf.ones([8, 8])];
      return () => tf.matMul(a, b);
    },
  },
  { name: 'add', make: binary([1, 8, 8, 8], (a, b) => tf.add(a, b)) },
  { name: 'mul [1,1,1,8]', make: binary([1, 1, 1, 8], (a, b) => tf.mul(a, b)) },
  { name: 'prelu [8]', make: binary([8], (a, b) => tf.prelu(a, b)) },
  { name: 'relu', make: unary((x) => tf.relu(x)) },
  { name: 'sigmoid', make: unary((x) => tf.sigmoid(x)) },
  { name: 'reshape', make: unary((x) => tf.reshape(x, [1, 512])) },
  { name: 'maxPool 2x2', make: unary((x) => tf.maxPool(x, 2, 2, 'same')) },
  { name: 'mean over H, W', make: unary((x) => tf.mean(x, [1, 2])) },
  { name: 'slice', make: unary((x) => tf.slice(x, [0, 0, 0, 0], [1, 4, 8, 8])) },
];
