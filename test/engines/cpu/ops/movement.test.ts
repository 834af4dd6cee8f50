// The movement kernels as ops: the same values, shapes and dtypes as the official cpu backend's.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../../../src/backend/register.js';
import { movementKernels } from '../../../../src/engines/cpu/ops/movement/index.js';
import { cpuOptions } from '../../../../src/engines/cpu/runtime/openDevice.js';
import { useBackend } from '../../../support/backends.js';

const ours = 'convnet-cpu-movement';
registerConvnetCpu(ours, cpuOptions());

const channels = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 32, 33];
type Dtype = 'float32' | 'int32' | 'bool';
type Op = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];

/** Different values. Floats have NaN and infinities among them. */
function tensor(shape: readonly number[], dtype: Dtype = 'float32'): tf.Tensor {
  const length = shape.reduce((product, n) => product * n, 1);
  const values = Array.from({ length }, (_, i) => (dtype === 'bool' ? (i % 3) & 1 : i - 5));
  if (dtype === 'float32')
    for (const [i, odd] of [Number.NaN, 1 / 0, -1 / 0].entries()) if (i + 7 < length) values[i + 7] = odd;
  return tf.tensor(values, [...shape], dtype);
}

interface Result {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

function run(shape: readonly number[], dtype: Dtype, op: Op): Result[] {
  return tf.tidy(() =>
    [op(tensor(shape, dtype))].flat().map((y) => ({ shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] })),
  ) as unknown as Result[];
}

/** Declares one test: `op` of tensors of these shapes. */
function compare(title: string, shapes: readonly (readonly number[])[], op: Op): void {
  it(`${title}, ${shapes.length} shapes`, async () => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      await tf.setBackend('cpu');
      const expected = shapes.map((shape) => run(shape, dtype, op));
      await tf.setBackend(ours);
      for (const [i, shape] of shapes.entries()) {
        expect(run(shape, dtype, op), `${title} of ${dtype} [${shape}]`).to.deep.equal(expected[i]);
      }
    }
  });
}

function permutations(rank: number): number[][] {
  if (rank === 0) return [[]];
  return permutations(rank - 1).flatMap((rest) =>
    Array.from({ length: rank }, (_, i) => [...rest.slice(0, i), rank - 1, ...rest.slice(i)]),
  );
}

describe('movement ops', () => {
  useBackend(ours);
  before(() => {
    for (const kernel of movementKernels) {
      tf.unregisterKernel(kernel.kernelName, ours);
      tf.registerKernel({ ...kernel, backendName: ours });
    }
  });

  const images = channels.map((c) => [2, 4, 6, c]);
  const empty = [
    [0, 4, 6, 3],
    [2, 4, 6, 0],
  ];

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
      7,
    ),
    tf.pad(
      x,
      [
        [0, 0],
        [1, 0],
        [0, 0],
        [0, 0],
      ],
      -1,
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
      3,
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
      9,
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
