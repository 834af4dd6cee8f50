// Tensors whose data exist in the tiled layout alone: results of a depthwise convolution with a 1x1 filter of ones,
// which gives back every value exactly, NaN and infinities included.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { useBackend } from '../../backends.js';
import { randomValues } from '../../randomCases.js';
import { sizeOf } from '../../reference.js';
import { withFlags } from '../webglFlags.js';

type Shape4D = [number, number, number, number];

/** The active backend, which must be one with the tiled layout. */
export function webgl(): WebglBackend {
  const backend = tf.backend();
  expect(backend).to.be.instanceOf(WebglBackend);
  return backend as WebglBackend;
}

/** useBackend() that looks after our textures too: as many in use, of as many bytes, after each test as before. */
export function useTiles(name: string): void {
  const used = () => {
    const { usedBytes, usedCount } = webgl().tensors.textures;
    return { usedBytes, usedCount };
  };
  let before: ReturnType<typeof used>;
  useBackend(name);
  beforeEach(() => {
    const { tensors } = webgl();
    expect(tensors.matrices.zeros().bytes).to.be.greaterThan(0); // made when first asked for, and then kept
    before = used();
  });
  afterEach(() => expect(used(), 'textures left behind').to.deep.equal(before));
}

/** Makes a backend that started with these flags the one of the enclosing describe. */
export function useBackendWith(name: string, flags: Readonly<Record<string, string | number>>): void {
  withFlags(name, flags);
  useTiles(name);
}

export function isOnlyTiled({ dataId }: tf.TensorInfo): boolean {
  return webgl().tensors.isOnlyTiled(dataId);
}

/**
 * A tensor of any shape over data that exist in the tiled layout alone; `ownShape`: the data were made in this shape,
 * of rank 2 to 4, else as an image.
 */
export function inTiles(values: Float32Array, shape: readonly number[], ownShape = false): tf.Tensor {
  const tensor = tf.tidy(() => {
    const x = throughTiles(tf.tensor4d(values, imageShape(shape))).reshape([...shape]);
    return ownShape ? tf.leakyRelu(x, 1) : x; // the same values
  });
  expect(isOnlyTiled(tensor), `[${shape}] is in the tiled layout alone`).to.equal(true);
  return tensor;
}

/** Has a tensor of inTiles() drawn, which it may not be as long as nobody asks for its values. */
export function draw(x: tf.Tensor): tf.Tensor {
  const { tensors } = webgl();
  const shape = [x.shape, imageShape(x.shape)].find((shape) => tensors.find({ dataId: x.dataId, shape }));
  expect(tensors.find({ dataId: x.dataId, shape: shape ?? [] })?.drawnTexture(), `texture of [${x.shape}]`).to.be.an(
    'object',
  );
  return x;
}

/** A copy of x [n, h, w, c] that was computed from x in the tiled layout. */
export function throughTiles(x: tf.Tensor): tf.Tensor4D {
  return tf.tidy(() => tf.depthwiseConv2d(x as tf.Tensor4D, tf.ones([1, 1, x.shape[3] as number, 1]), 1, 'valid'));
}

/** As the backend keeps it: vectors are images of one pixel; beyond rank 4 the first dimensions are one. */
function imageShape(shape: readonly number[]): Shape4D {
  if (shape.length < 3) return [shape.length === 2 ? shape[0] : 1, 1, 1, shape[shape.length - 1] ?? 1];
  return [sizeOf(shape.slice(0, -3)), ...shape.slice(-3)] as Shape4D;
}

/** Spreads values of [-1, 1) over [low, high). */
export function valuesIn(shape: readonly number[], seed: number, [low, high]: readonly [number, number] = [-1, 1]) {
  return randomValues(sizeOf(shape), seed).map((value) => low + ((value + 1) / 2) * (high - low));
}

/** Compares values that differ at most by the order of arithmetic; NaN equals NaN. */
export function expectSame(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 0): void {
  expect(actual.length, `${what}: length`).to.equal(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i], expected[i]];
    const isSame = Object.is(a, e) || a === e || Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e));
    if (!isSame) throw new Error(`${what}: element ${i} must be ${e}; received ${a}`);
  }
}
