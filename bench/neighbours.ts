// The kernels that stand between convolutions in real networks, at one size: 112 x 112 x 32, the first block of a MobileNet.
// Add one: a row. The expected values come from tfjs-cpu.

import * as tf from '@tensorflow/tfjs';
import type { Task } from './measure.js';
import { randomValues } from './random.js';
import { contestantOf, tfjsTask, useBackend } from './tfjsBackend.js';

type Image = tf.Tensor4D;

export interface Neighbour {
  readonly name: string;
  /** Its kernel; a backend without it is left out. */
  readonly kernel: string;
  /** Shapes of the operands. */
  readonly shapes: readonly (readonly number[])[];
  /** Turns values of -1..1 into what the kernel is used on. */
  readonly values?: (value: number) => number;
  compute(operands: readonly Image[]): tf.Tensor;
}

const image = [1, 112, 112, 32];
const perChannel = [32];
const one = { shapes: [image] } as const;
const two = { shapes: [image, image] } as const;
const border = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 0],
] as [number, number][];

export const neighbours: readonly Neighbour[] = [
  { name: 'relu6', kernel: 'Relu6', ...one, values: (v) => 8 * v, compute: ([x]) => tf.relu6(x) },
  { name: 'sigmoid', kernel: 'Sigmoid', ...one, compute: ([x]) => tf.sigmoid(x) },
  { name: 'exp', kernel: 'Exp', ...one, compute: ([x]) => tf.exp(x) },
  { name: 'tanh', kernel: 'Tanh', ...one, compute: ([x]) => tf.tanh(x) },
  { name: 'add', kernel: 'Add', ...two, compute: ([x, y]) => tf.add(x, y) },
  { name: 'add [C]', kernel: 'Add', shapes: [image, perChannel], compute: ([x, y]) => tf.add(x, y) },
  { name: 'mul [N,1,1,C]', kernel: 'Multiply', shapes: [image, [1, 1, 1, 32]], compute: ([x, y]) => tf.mul(x, y) },
  {
    name: 'batchNorm',
    kernel: 'FusedBatchNorm',
    shapes: [image, perChannel, perChannel, perChannel, perChannel],
    values: (v) => v + 1.5, // a variance is positive
    compute: ([x, mean, variance, offset, scale]) => tf.batchNorm(x, ...oneD(mean, variance, offset, scale)),
  },
  { name: 'maxPool 3x3 s2', kernel: 'MaxPool', ...one, compute: ([x]) => tf.maxPool(x, 3, 2, 'same') },
  { name: 'avgPool 2x2 s2', kernel: 'AvgPool', ...one, compute: ([x]) => tf.avgPool(x, 2, 2, 'valid') },
  { name: 'mean over H, W', kernel: 'Mean', ...one, compute: ([x]) => tf.mean(x, [1, 2]) },
  { name: 'sum over H, W', kernel: 'Sum', ...one, compute: ([x]) => tf.sum(x, [1, 2]) },
  { name: 'max over H, W', kernel: 'Max', ...one, compute: ([x]) => tf.max(x, [1, 2]) },
  { name: 'softmax over C', kernel: 'Softmax', ...one, compute: ([x]) => tf.softmax(x) },
  { name: 'pad', kernel: 'PadV2', ...one, compute: ([x]) => tf.pad(x, border) },
  { name: 'mirrorPad', kernel: 'MirrorPad', ...one, compute: ([x]) => tf.mirrorPad(x, border, 'reflect') },
  { name: 'concat over C', kernel: 'Concat', ...two, compute: ([x, y]) => tf.concat([x, y], 3) },
  { name: 'slice', kernel: 'Slice', ...one, compute: ([x]) => tf.slice(x, [0, 8, 8, 8], [1, 96, 96, 16]) },
  { name: 'NHWC -> NCHW', kernel: 'Transpose', ...one, compute: ([x]) => tf.transpose(x, [0, 3, 1, 2]) },
  {
    name: 'resizeBilinear x2',
    kernel: 'ResizeBilinear',
    ...one,
    compute: ([x]) => tf.image.resizeBilinear(x, [224, 224], false, true),
  },
  {
    name: 'resizeNearest x2',
    kernel: 'ResizeNearestNeighbor',
    ...one,
    compute: ([x]) => tf.image.resizeNearestNeighbor(x, [224, 224], false, true),
  },
  { name: 'depthToSpace 2', kernel: 'DepthToSpace', ...one, compute: ([x]) => tf.depthToSpace(x, 2) },
  { name: 'cast to int32', kernel: 'Cast', ...one, values: (v) => 128 * v, compute: ([x]) => tf.cast(x, 'int32') },
  matMul(false, false),
  matMul(true, false),
  matMul(false, true),
  matMul(true, true),
];

/** [256, 512] x [512, 512], each side as it is or transposed in memory. */
function matMul(isATransposed: boolean, isBTransposed: boolean): Neighbour {
  const name = `matMul 256x512x512 ${isATransposed ? 'aT' : 'a'} ${isBTransposed ? 'bT' : 'b'}`;
  const shapes = [isATransposed ? [512, 256] : [256, 512], [512, 512]];
  const compute: Neighbour['compute'] = ([a, b]) => tf.matMul<tf.Tensor>(a, b, isATransposed, isBTransposed);
  return { name, kernel: 'BatchMatMul', shapes, compute };
}

/** The table calls every operand an image; these have rank 1. */
function oneD(...operands: [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]) {
  return operands as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
}

export function neighbourNamed(name: string): Neighbour {
  const neighbour = neighbours.find((candidate) => candidate.name === name);
  if (!neighbour) throw new Error(`neighbourNamed: the kernel must be in the table; received name=${name}`);
  return neighbour;
}

export async function neighbourTask(name: string, neighbour: Neighbour): Promise<Task | undefined> {
  await useBackend(name);
  const { kernel, shapes, values = (value) => value, compute } = neighbour;
  if (!tf.getKernel(kernel, contestantOf(name).backend)) return undefined;
  const random = randomValues(1);
  const operands = shapes.map((shape) => tf.tensor(random(shape).map(values), shape as Image['shape']) as Image);
  return tfjsTask(
    name,
    () => compute(operands),
    () => tf.dispose(operands),
  );
}
