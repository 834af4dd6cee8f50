// PadV2 and MirrorPad against the official backend.

import * as tf from '@tensorflow/tfjs';
import { compare, empty, images, useMovement } from '../../../../support/cpu/runMovement.js';

/** A boolean is 1 where TensorFlow.js's own kernel takes any byte. */
function constant(x: tf.Tensor, value: number): number {
  return x.dtype === 'bool' ? 1 : value;
}

describe('movement ops: padding', () => {
  useMovement();

  compare('pad rows and columns', [...images, ...empty], (x) => [
    tf.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
    tf.pad(
      x,
      [
        [0, 0],
        [0, 2],
        [3, 0],
        [0, 0],
      ],
      constant(x, 7),
    ),
    tf.pad(
      x,
      [
        [0, 0],
        [1, 0],
        [0, 0],
        [0, 0],
      ],
      constant(x, -1),
    ),
    tf.pad(x, [
      [0, 0],
      [0, 0],
      [0, 5],
      [0, 0],
    ]),
    tf.pad(x, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]),
  ]);
  compare('pad other dimensions', [...images, ...empty], (x) => [
    tf.pad(
      x,
      [
        [1, 2],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      constant(x, 3),
    ),
    tf.pad(x, [
      [0, 0],
      [0, 0],
      [0, 0],
      [2, 1],
    ]),
    tf.pad(x, [
      [0, 0],
      [1, 2],
      [0, 0],
      [1, 2],
    ]),
    tf.pad(
      x,
      [
        [1, 0],
        [1, 2],
        [3, 1],
        [1, 2],
      ],
      constant(x, 9),
    ),
  ]);
  compare('pad of few dimensions', [[1], [5], [70]], (x) => [tf.pad(x, [[2, 3]]), tf.pad(x, [[0, 1]], 1)]);
  for (const mode of ['reflect', 'symmetric'] as const) {
    compare(`mirrorPad ${mode}`, [...images, [2, 3, 3, 3]], (x) => [
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 2],
          [2, 0],
          [0, 0],
        ],
        mode,
      ),
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [0, 0],
          [0, 2],
          [0, 0],
        ],
        mode,
      ),
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        mode,
      ),
    ]);
    compare(
      `mirrorPad ${mode} of the last dimension`,
      [
        [2, 5],
        [3, 3],
        [3, 17],
      ],
      (x) =>
        tf.mirrorPad(
          x,
          [
            [1, 0],
            [2, 2],
          ],
          mode,
        ),
    );
  }
});
