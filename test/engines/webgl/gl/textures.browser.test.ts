// Texels around a tensor's elements: those that a former tensor left, and NaN and infinities beside the padding.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { dimsOf } from '../../../../src/engines/webgl/tensors/tensorStore.js';
import {
  expectSame,
  inTiles,
  isOnlyTiled,
  throughTiles,
  useBackendWith,
  useTiles,
  valuesIn,
  webgl,
} from '../../../support/webgl/opTable/operands.js';
import { convolve, expected, type Shape4D, type Window, windows } from '../../../support/webgl/opTable/windows.js';

/** The tile and the form of fetches that this device does not have. */
const mobile = { CONVNET_MAX_DRAW_BUFFERS: 4, CONVNET_FETCH: 'texelFetch' } as const;

const shape: Shape4D = [3, 5, 7, 6];
const values = valuesIn(shape, 1);

/** Leaves textures of these shapes' sizes in the pool, full of `value` wherever a program may write. */
function soil(shapes: readonly Shape4D[], value: number): void {
  const tensors = shapes.flatMap((shape) => {
    const size = fullShape(shape);
    const one = inTiles(new Float32Array(size[1] * size[2] * size[3]).fill(value), size);
    return [one, throughTiles(one), throughTiles(one)];
  });
  for (const tensor of tensors) tensor.dataSync(); // else it need not be drawn at all
  tf.dispose(tensors);
}

/** One image without gaps in a texture of the same size: where there are rows between images, too. */
function fullShape(shape: Shape4D): Shape4D {
  const { tileColumns, quads, tile, width, height } = layout(shape);
  const size: Shape4D = [1, (height - 1) * tile.rows, tileColumns * tile.columns, quads * 4];
  const full = layout(size);
  expect([full.width, full.height], 'size').to.deep.equal([width, height]);
  return size;
}

function layout(shape: Shape4D) {
  const found = webgl().tensors.layoutOf(dimsOf(shape));
  if (!found) throw new Error(`the shape must fit; received [${shape}]`);
  return found;
}

/** A tensor whose values are on the CPU, in a texture of TensorFlow.js, in a packed one, in the tiled layout. */
function sources(): tf.Tensor[] {
  const x = tf.tensor4d(values, shape);
  const none: [number, number] = [0, 0];
  return [x, tf.reverse(tf.reverse(x, 0), 0), tf.mirrorPad(x, [none, none, none, none], 'reflect'), throughTiles(x)];
}

/** Texels of y that hold no element must be zero: the next convolution reads them. */
async function expectNext(y: tf.Tensor, right: Float32Array): Promise<void> {
  const around: Window = { what: 'all around', filter: [3, 3, y.shape[3] as number, 2] };
  const z = tf.tidy(() => convolve(y, around).dataSync());
  expectSame(`3x3 over [${y.shape}]`, z, await expected(right, y.shape as Shape4D, around), 1e-4);
}

function recycled(soils: readonly number[]): void {
  for (const window of windows) {
    it(`${window.what}, in textures full of ${soils.join(' and of ')}`, async () => {
      const y = await expected(values, shape, window);
      const yShape = tf.tidy(() => convolve(tf.tensor4d(values, shape), window).shape) as Shape4D;
      for (const value of soils) {
        soil([shape, yShape], value);
        const results = tf.tidy(() => sources().map((x) => convolve(x, window)));
        for (const [i, result] of results.entries()) {
          expect(isOnlyTiled(result)).to.equal(true);
          expectSame(`from source ${i}`, result.dataSync(), y, 1e-4);
          await expectNext(result, y);
        }
        tf.dispose(results);
      }
    });
  }
}

const { NaN: nan, POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number;

/** Corners, edges, and the ends of tiles and quads, all of the image in the middle: y, x, c. */
const places = [
  [0, 0, 0],
  [0, 6, 5],
  [4, 0, 3],
  [4, 6, 4],
  [1, 3, 2],
  [2, 4, 5],
] as const;

/** The values with another at one place. */
function spoilt([y, x, c]: readonly [number, number, number], value: number): Float32Array {
  return values.map((old, i) => (i === ((5 + y) * 7 + x) * 6 + c ? value : old));
}

function specials(all: readonly number[], where: typeof places | readonly (typeof places)[number][]): void {
  for (const window of windows) {
    it(window.what, async () => {
      for (const special of all) {
        for (const place of where) {
          const x = spoilt(place, special);
          const result = tf.tidy(() => convolve(inTiles(x, shape), window));
          const y = await expected(x, shape, window);
          expectSame(`${special} at ${place}`, result.dataSync(), y, 1e-4);
          await expectNext(result, y);
          result.dispose();
        }
      }
    });
  }
}

describe('WebGL2 tiled layout: recycled textures', () => {
  useTiles('convnet-webgl');
  recycled([nan, 1e30]);
});

describe('WebGL2 tiled layout: recycled textures of four layers', () => {
  useBackendWith('convnet-mobile', mobile);
  recycled([nan]);
});

describe('WebGL2 tiled layout: NaN and infinities stay where they belong', () => {
  useTiles('convnet-webgl');
  specials([nan, POSITIVE_INFINITY, NEGATIVE_INFINITY], places);

  for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
    it(`through the epilogue with ${activation}`, async () => {
      const run = (values: Float32Array) => {
        const x = tf.tensor4d(values, shape);
        const filter = tf.tensor4d(valuesIn([6], 2, [0.5, 1]), [1, 1, 6, 1]);
        const options = { activation, leakyreluAlpha: 0.2, strides: 1, pad: 'same' } as const;
        return tf.fused.depthwiseConv2d({ x, filter, bias: tf.tensor1d(valuesIn([6], 3)), ...options }).dataSync();
      };
      for (const special of [nan, POSITIVE_INFINITY, NEGATIVE_INFINITY]) {
        const x = spoilt([1, 3, 2], special);
        const actual = tf.tidy(() => run(x));
        await tf.setBackend('cpu');
        const y = tf.tidy(() => run(x));
        await tf.setBackend('convnet-webgl');
        expectSame(`${special}`, actual, y, 1e-4);
      }
    });
  }
});

describe('WebGL2 tiled layout: NaN and infinities with four layers', () => {
  useBackendWith('convnet-mobile', mobile);
  specials([nan], places.slice(0, 4));
});
