// Concat, Pack, SplitV, Unpack, Slice, StridedSlice, Reverse, Tile and GatherV2 against the official backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { compare, empty, images, useMovement } from '../../../../support/cpu/runMovement.js';

describe('movement ops: parts and copies', () => {
  useMovement();

  for (const axis of [0, 1, 2, 3, -1]) {
    compare(`concat ${axis}`, [...images, ...empty], (x) => {
      const size = [...x.shape];
      const some = axis < 0 ? axis + 4 : axis;
      size[some] = Math.ceil(size[some] / 2);
      return [
        tf.concat([x, x], axis),
        tf.concat([tf.slice(x, [0, 0, 0, 0], size), x, x], axis),
        tf.concat(
          [
            tf.slice(
              x,
              [0, 0, 0, 0],
              size.map((n, i) => (i === some ? 0 : n)),
            ),
            tf.slice(x, [0, 0, 0, 0], size),
          ],
          axis,
        ),
      ];
    });
    compare(`stack, unstack and split ${axis}`, [...images, [2, 4, 6, 0]], (x) => [
      tf.stack([x, x, x], axis),
      ...tf.unstack(x, axis),
      ...((x.shape.at(axis) as number) % 2 === 0 && x.size > 0 ? tf.split(x, 2, axis) : []),
      ...tf.split(x, [0, (x.shape.at(axis) as number) - 0], axis < 0 ? axis + 4 : axis),
    ]);
  }
  compare('concat of one dimension', [[1], [3], [40000]], (x) => tf.concat([x, x, x]));

  compare('slice', [...images, [2, 4, 6, 70]], (x) => [
    tf.slice(x, [0, 1, 2, 0], [2, 2, 3, -1]),
    tf.slice(x, [1, 0, 0, 0], [1, 4, 6, -1]),
    tf.slice(x, [0, 0, 0, (x.shape[3] as number) - 1], [-1, -1, -1, 1]),
    tf.slice(x, 0),
    tf.slice(x, [0, 0, 3, 0], [2, 4, 0, 1]),
  ]);
  compare('slice of few dimensions', [[1], [9], [17, 5], [40000], [20000, 3]], (x) => [
    tf.slice(x, 0, 1),
    tf.slice(x, 0),
  ]);
  compare('stridedSlice', [...images, [3, 5, 7, 9]], (x) => [
    tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, 2, 3, 1]),
    tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, 1, 1, 2]),
    tf.stridedSlice(x, [1, 3, 5, 0], [0, 0, 0, 1], [-1, -1, -2, 1]),
    tf.stridedSlice(x, [0, 1, 0, 0], [1, 3, 4, 1], [1, 1, 1, 1], 0, 0, 0, 0, 1),
    tf.stridedSlice(x, [0, 0], [2, 1], [1, 1], 0, 0, 1, 0, 0),
    tf.stridedSlice(x, [0, 0, 0], [1, 2, 3], [1, 2, 1], 0, 0, 0, 2, 0),
    tf.stridedSlice(x, [0, 2, 0, 0], [2, 2, 1, 1], [1, 1, 1, 1]),
  ]);
  for (const axis of [0, 1, 2, 3]) compare(`reverse ${axis}`, [...images, ...empty], (x) => tf.reverse(x, axis));
  compare('reverse several', [...images, [1, 1, 1, 1]], (x) => [
    tf.reverse(x),
    tf.reverse(x, [1, 2]),
    tf.reverse(x, [0, 3]),
  ]);
  compare('reverse of few dimensions', [[1], [9], [40001]], (x) => tf.reverse(x));

  compare('tile', [...images, ...empty], (x) => [
    tf.tile(x, [1, 1, 1, 3]),
    tf.tile(x, [2, 1, 3, 1]),
    tf.tile(x, [2, 2, 1, 2]),
    tf.tile(x, [1, 1, 1, 1]),
  ]);
  compare('tile of six dimensions', [[2, 1, 3, 2, 1, 2]], (x) => tf.tile(x, [2, 3, 1, 2, 2, 2]));
  compare('gather', [...images, [5, 1, 3, 70]], (x) => [
    tf.gather(x, tf.tensor1d([1, 0, 1], 'int32')),
    tf.gather(x, tf.tensor2d([[0], [0]], [2, 1], 'int32'), 3),
    tf.gather(x, 0, 1),
    tf.gather(x, tf.tensor2d([[0], [1]], [2, 1], 'int32'), 2 - (x.shape[0] === 5 ? 0 : 1), 0),
    tf.gather(x.slice(0, 2), tf.zeros([2, 1], 'int32'), 1, 1),
  ]);

  it('has the errors of the official backend', () => {
    tf.tidy(() => {
      const x = tf.zeros([2, 3]);
      expect(() => tf.gather(x, tf.tensor1d([3], 'int32'))).to.throw(/index value 3 is not in/);
      expect(() => tf.concat([x, tf.zeros([3, 3])], 1)).to.throw(/concat/i);
      expect(() => tf.slice(x, [0, 1], [2, 3])).to.throw(/slice/i);
    });
  });

  it('text and complex numbers', () => {
    tf.tidy(() => {
      const text = tf.tensor2d(['a', 'b', 'c', 'd'], [2, 2]);
      expect(tf.concat([text, text], 1).dataSync()).to.deep.equal(['a', 'b', 'a', 'b', 'c', 'd', 'c', 'd']);
      expect(tf.slice(text, [1, 0], [1, 2]).dataSync()).to.deep.equal(['c', 'd']);
      const z = tf.complex(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]));
      expect([...tf.concat([z, z]).dataSync()]).to.deep.equal([1, 3, 2, 4, 1, 3, 2, 4]);
    });
  });
});
