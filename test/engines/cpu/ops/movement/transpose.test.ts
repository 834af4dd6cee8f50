// Transpose, SpaceToBatchND, BatchToSpaceND and DepthToSpace against the official backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { channels, compare, empty, images, tensor, useMovement } from '../../../../support/cpu/runMovement.js';

function permutations(rank: number): number[][] {
  if (rank === 0) return [[]];
  return permutations(rank - 1).flatMap((rest) =>
    Array.from({ length: rank }, (_, i) => [...rest.slice(0, i), rank - 1, ...rest.slice(i)]),
  );
}

describe('movement ops: dimensions in another order', () => {
  useMovement();

  for (const perm of permutations(4)) {
    compare(
      `transpose ${perm}`,
      [[2, 3, 4, 5], [1, 7, 1, 9], [5, 4, 17, 8], ...(perm[3] === 1 ? images : []), ...empty],
      (x) => tf.transpose(x, perm),
    );
  }
  compare('transpose of 6 dimensions', [[2, 3, 2, 3, 4, 5]], (x) =>
    permutations(6)
      .filter((_, i) => i % 17 === 0)
      .map((perm) => tf.transpose(x, perm)),
  );
  compare('transpose of 8 dimensions', [[2, 3, 2, 2, 2, 3, 2, 2]], (x) =>
    [
      [7, 6, 5, 4, 3, 2, 1, 0],
      [1, 0, 3, 2, 5, 4, 6, 7],
      [6, 4, 2, 0, 1, 3, 5, 7],
    ].map((perm) => tf.engine().runKernel('Transpose', { x }, { perm }) as tf.Tensor),
  );
  compare('transpose of few dimensions', [[], [5]], (x) => tf.transpose(x));
  compare(
    'transpose of long rows',
    [
      [300, 270],
      [1, 3, 5000],
      [5000, 3],
    ],
    (x) => tf.transpose(x),
  );

  for (const block of [2, 3]) {
    compare(
      `depthToSpace ${block}`,
      [1, 2, 3, 4, 5, 16].map((c) => [2, 3, 4, c * block * block]),
      (x) => tf.engine().runKernel('DepthToSpace', { x }, { blockSize: block, dataFormat: 'NHWC' }) as tf.Tensor,
    );
  }
  compare('spaceToBatchND', images, (x) => [
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
    tf.spaceToBatchND(
      x,
      [3, 2],
      [
        [1, 1],
        [1, 1],
      ],
    ),
    tf.spaceToBatchND(x, [2], [[0, 0]]),
  ]);
  compare(
    'batchToSpaceND',
    channels.map((c) => [4, 3, 2, c]),
    (x) => [
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [1, 0],
          [0, 1],
        ],
      ),
      tf.batchToSpaceND(x, [4], [[1, 2]]),
    ],
  );

  it('depthToSpace of NCHW', () => {
    tf.tidy(() => {
      const x = tensor([2, 12, 3, 5]) as tf.Tensor4D;
      const expected = tf.transpose(tf.depthToSpace(tf.transpose(x, [0, 2, 3, 1]), 2), [0, 3, 1, 2]);
      const actual = tf.depthToSpace(x, 2, 'NCHW');
      expect(actual.shape).to.deep.equal(expected.shape);
      expect([...actual.dataSync()]).to.deep.equal([...expected.dataSync()]);
    });
  });
});
