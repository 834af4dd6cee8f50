// Textures that are as large as the device allows, and tensors that do not fit into them.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { dimsOf } from '../../../../src/engines/webgl/tensors/tensorStore.js';
import { expectSame, inTiles, useBackendWith, valuesIn, webgl } from '../../../support/webgl/opTable/operands.js';
import { convolve, expected, type Shape4D, type Window, windows } from '../../../support/webgl/opTable/windows.js';

describe('WebGL2 tiled layout: textures as large as there are', () => {
  useBackendWith('convnet-64', { CONVNET_MAX_TEXTURE_SIZE: 64, CONVNET_MAX_DRAW_BUFFERS: 8 });

  /** On either side of the limit, in width, in height, by the batch. */
  const { rows, columns } = { rows: 2, columns: 4 };
  const sides: readonly [string, Shape4D, boolean][] = [
    ['as wide', [1, 3, 31 * columns, 6], true],
    ['wider by a column', [1, 3, 31 * columns + 1, 6], false],
    ['as high', [1, 63 * rows, 5, 6], true],
    ['higher by a row', [1, 63 * rows + 1, 5, 6], false],
    ['of as many images', [16, 3, 5, 6], true],
    ['of one image more', [17, 3, 5, 6], false],
    ['of as many channels', [1, 1, 2, 62 * 4], true],
    ['of one channel more', [1, 1, 2, 62 * 4 + 1], false],
  ];
  for (const [what, shape, fits] of sides) {
    it(what, async () => {
      expect(webgl().tensors.layoutOf(dimsOf(shape)) !== undefined, 'fits').to.equal(fits);
      const values = valuesIn(shape, 1);
      const forms = shape[3] === 6 ? windows.filter(({ filter }) => filter[2] !== 3) : wide(shape[3]);
      for (const window of forms) {
        const y = tf.tidy(() => convolve(tf.tensor4d(values, shape), window).dataSync());
        expectSame(window.what, y, await expected(values, shape, window), 1e-4);
      }
    });
  }

  /** Whose filters are textures beyond the limit too, in their width or height. */
  function wide(channels: number): Window[] {
    return [
      { what: 'many inputs', filter: [1, 1, channels, 3] },
      { what: 'depthwise', filter: [1, 2, 1, channels] },
    ];
  }

  it('a filter of more rows than a texture has', async () => {
    const window: Window = { what: '5x5', filter: [5, 5, 3, 13] };
    const shape: Shape4D = [1, 6, 6, 3];
    const values = valuesIn(shape, 1);
    const y = tf.tidy(() => convolve(tf.tensor4d(values, shape), window).dataSync());
    expectSame('y', y, await expected(values, shape, window), 1e-4);
  });

  /** From a tensor that just fits to one that does not, or not any more along another side. */
  const growing: Readonly<Record<string, (x: tf.Tensor4D) => tf.Tensor>> = {
    'tf.concat along rows': (x) => tf.concat([x, x], 1),
    'tf.concat along channels': (x) => tf.concat([x, x, x], 3),
    'tf.concat along the batch': (x) => tf.concat([x, x], 0),
    'tf.pad': (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [2, 0],
        [0, 0],
      ]),
    'tf.image.resizeBilinear': (x) => tf.image.resizeBilinear(x, [200, 9]),
    'tf.image.resizeNearestNeighbor': (x) => tf.image.resizeNearestNeighbor(x, [248, 10]),
    'tf.add, broadcast': (x) => tf.add(x, tf.ones([2, 1, 1, 1])),
    'tf.tile': (x) => tf.tile(x, [1, 2, 1, 1]),
    'tf.avgPool': (x) => tf.avgPool(x, 3, 1, 'same'),
    'tf.maxPool': (x) => tf.maxPool(x, 2, 2, 'same'),
    'tf.conv2dTranspose': (x) => tf.conv2dTranspose(x, tf.ones([2, 2, 3, 6]), [1, 248, 10, 3], 2, 'same'),
    'tf.batchNorm': (x) => tf.batchNorm(x, tf.zeros([6]), tf.ones([6]), tf.ones([6])),
    'tf.depthToSpace': (x) => tf.depthToSpace(tf.concat([x, x], 3) as tf.Tensor4D, 2, 'NHWC'),
    'tf.mean': (x) => tf.mean(x, [1, 2]),
    'a dense layer': (x) => tf.matMul(x.reshape([1, 124 * 5 * 6]), tf.ones([124 * 5 * 6, 3])),
    'tf.softmax': (x) => tf.softmax(x),
    'tf.slice': (x) => tf.slice(x, [0, 3, 1, 2]),
    'tf.transpose': (x) => tf.transpose(x, [0, 2, 1, 3]),
  };
  for (const [what, grow] of Object.entries(growing)) {
    it(what, async () => {
      const shape: Shape4D = [1, 124, 5, 6];
      const values = valuesIn(shape, 1);
      const actual = tf.tidy(() => grow(inTiles(values, shape) as tf.Tensor4D).dataSync());
      const name = tf.getBackend();
      await tf.setBackend('cpu');
      const right = tf.tidy(() => grow(tf.tensor4d(values, shape)).dataSync());
      await tf.setBackend(name);
      expectSame(what, actual, right, 1e-3);
    });
  }
});
