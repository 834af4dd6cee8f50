// Functions that move elements: shapes, slices, joins, gathers.

import * as tf from '@tensorflow/tfjs';
import { type OpTable, type Run, shapes, unary } from './opTable.js';

const [images, image, vectors] = shapes;

/** With [first, ..., last] of the two lists for each operand. */
const joined = (f: (tensors: tf.Tensor[], axis: number) => tf.Tensor): Run => {
  return (x) => shapes.flatMap((shape) => shape.map((_, axis) => f([x(shape), x(shape), x(shape)], axis)));
};

const onEachAxis = (f: (x: tf.Tensor, axis: number) => tf.Tensor | tf.Tensor[]): Run => {
  return (x) => shapes.flatMap((shape) => shape.map((_, axis) => f(x(shape), axis)));
};

const ints = (values: number[], shape = [values.length]) => tf.tensor(values, shape, 'int32');

export const shapeOps: OpTable = {
  batchToSpaceND: (x) =>
    tf.batchToSpaceND(
      x([4, 3, 5, 3]),
      [2, 2],
      [1, 0].map(() => [0, 1]),
    ),
  booleanMaskAsync: async (x) => [
    await tf.booleanMaskAsync(x(images), tf.tensor1d([0, 1], 'bool')),
    await tf.booleanMaskAsync(x(vectors), tf.greater(x([3]), 0), 0),
  ],
  broadcastTo: (x) => [tf.broadcastTo(x([1, 3, 1, 6]), [...images]), tf.broadcastTo(x([10]), [...vectors])],
  broadcastArgs: (x) => tf.broadcastArgs(tf.cast(x([3], 4, 4.5), 'int32'), tf.cast(x([2], 4, 4.5), 'int32')),
  concat: joined((tensors, axis) => tf.concat(tensors, axis)),
  concat1d: (x) => tf.concat1d([x([5]), x([6])]),
  concat2d: (x) => tf.concat2d([x([3, 10]), x([3, 6])], 1),
  concat3d: (x) => tf.concat3d([x(image), x([5, 7, 4])], 2),
  concat4d: (x) => tf.concat4d([x(images), x([2, 3, 5, 1]), x([2, 3, 5, 4])], 3),
  depthToSpace: (x) => tf.depthToSpace(x([2, 3, 5, 12]), 2, 'NHWC'),
  diag: (x) => tf.diag(x([7])),
  expandDims: onEachAxis((x, axis) => tf.expandDims(x, axis)),
  gather: onEachAxis((x, axis) => tf.gather(x, ints([1, 0, 1]), axis)),
  gatherND: (x) => [tf.gatherND(x(images), ints([1, 2, 0, 0], [2, 2])), tf.gatherND(x(vectors), ints([2, 9], [1, 2]))],
  meshgrid: (x) => tf.meshgrid(x([5]), x([7])),
  mirrorPad: unary((x) => tf.mirrorPad(x, x.shape.map(() => [1, 0]) as never, 'reflect')),
  oneHot: (x) => tf.oneHot(tf.cast(x([9], 0, 5), 'int32'), 5),
  pad: unary((x) => tf.pad(x, x.shape.map((_, i) => [i, 1]) as never, 0.5)),
  pad1d: (x) => tf.pad1d(x([7]), [2, 1]),
  pad2d: (x) =>
    tf.pad2d(x(vectors), [
      [1, 0],
      [2, 1],
    ]),
  pad3d: (x) =>
    tf.pad3d(x(image), [
      [1, 0],
      [0, 2],
      [0, 1],
    ]),
  pad4d: (x) =>
    tf.pad4d(x(images), [
      [0, 0],
      [1, 2],
      [2, 1],
      [0, 0],
    ]),
  raggedGather: (x) => {
    const { outputNestedSplits, outputDenseValues } = tf.raggedGather([ints([0, 2, 3, 5])], x([5, 6]), ints([2, 0]), 1);
    return [...outputNestedSplits, outputDenseValues];
  },
  raggedRange: (x) => {
    const { rtNestedSplits, rtDenseValues } = tf.raggedRange(x([4], 0, 1), x([4], 3, 9), x([4], 0.5, 1));
    return [rtNestedSplits, rtDenseValues];
  },
  raggedTensorToTensor: (x) => {
    return tf.raggedTensorToTensor(ints([3, 4]), x([6]), x([]), [ints([0, 2, 2, 6])], ['ROW_SPLITS']);
  },
  reshape: unary((x) => tf.add(tf.reshape(x, [x.shape[x.shape.length - 1], -1]), 1)),
  reverse: onEachAxis((x, axis) => tf.reverse(x, axis)),
  reverse1d: (x) => tf.reverse1d(x([7])),
  reverse2d: (x) => tf.reverse2d(x(vectors)),
  reverse3d: (x) => tf.reverse3d(x(image), [0, 2]),
  reverse4d: (x) => tf.reverse4d(x(images), [1, 3]),
  scatterND: (x) => tf.scatterND(ints([2, 0, 1], [3, 1]), x([3, 10]), [4, 10]),
  slice: onEachAxis((x, axis) =>
    tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? 1 : 0)),
    ),
  ),
  slice1d: (x) => tf.slice1d(x([10]), 3, 4),
  slice2d: (x) => [tf.slice2d(x(vectors), [1, 0], [2, 10]), tf.slice2d(x(vectors), [1, 3], [2, 5])],
  slice3d: (x) => [tf.slice3d(x(image), [2, 0, 0], [2, 7, 3]), tf.slice3d(x(image), [1, 2, 1], [3, 4, 2])],
  slice4d: (x) => [
    tf.slice4d(x(images), [1, 0, 0, 0], [1, 3, 5, 6]),
    tf.slice4d(x(images), [0, 1, 1, 3], [2, 2, 3, 2]),
  ],
  spaceToBatchND: (x) =>
    tf.spaceToBatchND(
      x([2, 3, 5, 3]),
      [2, 3],
      [
        [0, 1],
        [1, 0],
      ],
    ),
  sparseToDense: (x) => tf.sparseToDense(ints([5, 1, 3]), x([3]), [7], x([])),
  split: onEachAxis((x, axis) => tf.split(x, [1, x.shape[axis] - 1], axis)),
  squeeze: (x) => [tf.squeeze(x([1, 3, 1, 6])), tf.squeeze(x([2, 1, 5, 6]), [1])],
  stack: joined((tensors, axis) => tf.stack(tensors, axis)),
  stridedSlice: onEachAxis((x, axis) => {
    const strides = x.shape.map((_, i) => (i === axis ? 2 : 1));
    return tf.stridedSlice(
      x,
      x.shape.map(() => 0),
      [...x.shape],
      strides,
    );
  }),
  tensorScatterUpdate: (x) => tf.tensorScatterUpdate(x([5, 10]), ints([3, 1], [2, 1]), x([2, 10])),
  tile: unary((x) =>
    tf.tile(
      x,
      x.shape.map((_, i) => 1 + (i % 2)),
    ),
  ),
  transpose: (x) => [
    ...[
      [0, 3, 1, 2],
      [3, 2, 1, 0],
      [0, 2, 1, 3],
      [1, 0, 2, 3],
    ].map((perm) => tf.transpose(x(images), perm)),
    tf.transpose(x(image)),
    tf.transpose(x(vectors)),
  ],
  unsortedSegmentSum: (x) => tf.unsortedSegmentSum(x([5, 3, 2, 3]), tf.tensor1d([0, 2, 1, 0, 2], 'int32'), 3),
  unstack: onEachAxis((x, axis) => tf.unstack(x, axis)),
  whereAsync: async (x) => await tf.whereAsync(tf.greater(x(images), 0)),
};

export const imageOps: OpTable = {
  'image.cropAndResize': (x) => {
    const boxes = tf.concat([x([3, 2], 0, 0.4), x([3, 2], 0.6, 1)], 1) as tf.Tensor2D;
    return tf.image.cropAndResize(x([2, 5, 7, 3]), boxes, tf.tensor1d([0, 1, 1], 'int32'), [3, 4]);
  },
  'image.flipLeftRight': (x) => tf.image.flipLeftRight(x([2, 5, 7, 3])),
  'image.grayscaleToRGB': (x) => tf.image.grayscaleToRGB(x([2, 5, 7, 1])),
  'image.resizeBilinear': (x) => [
    tf.image.resizeBilinear(x<tf.Tensor4D>(images), [7, 4]),
    tf.image.resizeBilinear(x<tf.Tensor3D>(image), [9, 9], true),
    tf.image.resizeBilinear(x<tf.Tensor3D>(image), [4, 5], false, true),
  ],
  'image.resizeNearestNeighbor': (x) => [
    tf.image.resizeNearestNeighbor(x<tf.Tensor4D>(images), [7, 4]),
    tf.image.resizeNearestNeighbor(x<tf.Tensor3D>(image), [9, 9], true),
  ],
  'image.rgbToGrayscale': (x) => tf.image.rgbToGrayscale(x([2, 5, 7, 3])),
  'image.rotateWithOffset': (x) => tf.image.rotateWithOffset(x([2, 5, 7, 3]), 0.5, 0.2),
  'image.threshold': (x) => tf.image.threshold(x([5, 7, 3], 0, 255), 'binary', true, 0.5),
  'image.transform': (x) => tf.image.transform(x([1, 5, 7, 3]), x([1, 8], 0.1, 0.5)),
  ...Object.fromEntries(
    (['nonMaxSuppression', 'nonMaxSuppressionWithScore', 'nonMaxSuppressionPadded'] as const).flatMap((name) => {
      const suppress = (f: (boxes: tf.Tensor2D, scores: tf.Tensor1D, most: number) => unknown): Run => {
        return async (x) => tensorsOf(await f(x([9, 4], 0, 1), x([9], 0, 1), 5));
      };
      return [
        [`image.${name}`, suppress(tf.image[name])],
        [`image.${name}Async`, suppress(tf.image[`${name}Async`])],
      ];
    }),
  ),
};

function tensorsOf(result: unknown): tf.Tensor[] {
  return result instanceof tf.Tensor ? [result] : Object.values(result as tf.NamedTensorMap);
}
