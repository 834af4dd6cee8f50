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
  /** Default: float32 for all of them. */
  readonly dtypes?: readonly Dtype[];
}

type Dtype = 'float32' | 'int32' | 'bool';

function op(name: string, kernel: string, shapes: Op['shapes'], compute: Compute, range: Op['range'] = [-1, 1]): Op {
  return { name, kernel, shapes, compute, range };
}

/** Operands of small whole numbers, and of booleans, half of which are true. */
function typed(name: string, kernel: string, shapes: Op['shapes'], dtypes: readonly Dtype[], compute: Compute): Op {
  return { name, kernel, shapes, compute, range: dtypes.includes('int32') ? [0, 64] : [0, 1], dtypes };
}

/** An operand of the rank that its function takes. */
type Tensors = tf.Tensor1D & tf.Tensor2D;

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
  op('argMax over H', 'ArgMax', ONE, ([x]) => tf.argMax(x, 1)),
  op('topK 5 of C', 'TopK', ONE, ([x]) => tf.topk(x as tf.Tensor, 5).values),
  op('cumsum over W', 'Cumsum', ONE, ([x]) => tf.cumsum(x, 2)),
  op('reverse W', 'Reverse', ONE, ([x]) => tf.reverse(x, 2)),
  op('tile', 'Tile', ONE, ([x]) => tf.tile(x, [1, 2, 1, 1])),
  op('stridedSlice', 'StridedSlice', ONE, ([x]) => tf.stridedSlice(x, [0, 0, 0, 0], IMAGE, [1, 2, 2, 1])),
  op('greater', 'Greater', TWO, ([x, y]) => tf.greater(x, y)),
  op('prelu [C]', 'Prelu', [IMAGE, CHANNELS], ([x, y]) => tf.prelu(x, y)),
  typed('greater of int32', 'Greater', TWO, ['int32', 'int32'], ([x, y]) => tf.greater(x, y)),
  typed('mul of int32', 'Multiply', TWO, ['int32', 'int32'], ([x, y]) => tf.mul(x, y)),
  typed('sum of int32', 'Sum', ONE, ['int32'], ([x]) => tf.sum(x, [1, 2])),
  typed('logicalAnd', 'LogicalAnd', TWO, ['bool', 'bool'], ([x, y]) => tf.logicalAnd(x, y)),
  typed('where', 'Select', [IMAGE, IMAGE, IMAGE], ['bool', 'float32', 'float32'], ([c, x, y]) => tf.where(c, x, y)),
  typed('oneHot', 'OneHot', [[4096]], ['int32'], ([i]) => tf.oneHot(i as Tensors, 64)),
  typed('gather rows', 'GatherV2', [[512, 64], [1024]], ['float32', 'int32'], ([x, i]) => tf.gather(x, i as Tensors)),
  typed(
    'gatherND',
    'GatherNd',
    [
      [64, 64, 32],
      [1024, 2],
    ],
    ['float32', 'int32'],
    ([x, i]) => tf.gatherND(x, i),
  ),
  typed(
    'scatterND',
    'ScatterNd',
    [
      [1024, 1],
      [1024, 64],
    ],
    ['int32', 'float32'],
    ([i, x]) => {
      return tf.scatterND(i, x, [64, 64]);
    },
  ),
  typed('nonMaxSuppression', 'NonMaxSuppressionV3', [[1000, 4], [1000]], ['float32', 'float32'], ([b, s]) => {
    return tf.image.nonMaxSuppression(b as Tensors, s as Tensors, 100, 0.5);
  }),
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
