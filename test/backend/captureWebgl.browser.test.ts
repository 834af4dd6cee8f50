// capture() on the WebGL2 engine: draws of both kinds, textures and their plan, inputs and outputs in every form.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import { capture } from '../../src/index.js';
import { useBackend } from '../support/backends.js';
import { bitsOf, expectReplays, expectSame, nextSeed, picture, refusal, shape, weights } from '../support/captured.js';
import { randomValues } from '../support/randomCases.js';

const backendOf = () => tf.backend() as WebglBackend;

/** Leaves values in the textures that wait, so that a draw that leaves texels out shows. */
function dirtyTextures(): void {
  tf.tidy(() => {
    const { tensors } = backendOf();
    for (const [n, h, w, c] of [
      [1, 9, 7, 5],
      [1, 9, 7, 6],
      [1, 7, 5, 6],
    ]) {
      const all = Array.from({ length: 4 }, () => tf.fill([n, h, w, c], 1e9));
      for (const x of all) backendOf().tile(x);
      for (const x of all) backendOf().uploadToGPU(x.dataId);
      expect(tensors.find(all[0])).not.to.equal(undefined);
    }
  });
}

describe('capture() on WebGL2: replays', () => {
  useBackend('convnet-webgl');
  let w: tf.Tensor4D;
  before(() => {
    w = weights(3, 3, 5, 6) as tf.Tensor4D;
  });
  after(() => w.dispose());

  it('deferred convolutions with what follows them', () => {
    const [scale, offset] = [weights(6), weights(6)];
    const f = (x: tf.Tensor4D) => {
      const y = tf.relu(tf.add(tf.mul(tf.conv2d(x, w, 1, 'same'), scale), offset));
      return tf.mean(tf.add(y, tf.conv2d(x, w, 1, 'same')), [1, 2]);
    };
    expectReplays(f);
    tf.dispose([scale, offset]);
  });

  it('a convolution whose result goes two ways', () => {
    expectReplays((x) => {
      const y = tf.conv2d(x, w, 1, 'same');
      return [tf.relu(y), tf.tanh(y), y];
    });
  });

  it('official kernels, packed and not', () => {
    expectReplays((x) => {
      const y = tf.softmax(tf.asinh(tf.reverse(x, 1)));
      return [tf.transpose(y, [0, 3, 1, 2]), tf.cumsum(y, 1), tf.slice(y, [0, 2, 0, 0], [1, 3, -1, -1])];
    });
  });

  it('both kinds in turns, in dirty textures', () => {
    const f = (x: tf.Tensor4D) => tf.asinh(tf.conv2d(tf.asinh(tf.conv2d(x, w, 1, 'same')).slice([0, 0, 0, 1]) as tf.Tensor4D, w, 1, 'valid')); // biome-ignore format: one row
    const x = picture();
    const captured = capture(f, x);
    for (let i = 0; i < 4; i++) {
      dirtyTextures();
      const other = picture();
      expectSame(captured, f, other);
      other.dispose();
    }
    captured.dispose();
    x.dispose();
  });

  it('reshapes and identities without a draw', () => {
    expectReplays((x) => tf.relu(tf.reshape(tf.clone(tf.reshape(x, [-1])), [9, 35])), 2); // one packs the input
  });

  it('an input that is the output, and outputs that depend on no input', () => {
    expectReplays((x) => ({ x, y: tf.ones([2, 3]), again: x, w, flat: tf.reshape(x, [-1]) }), 0);
    expect(w.isDisposed).to.equal(false);
  });

  it('parts of a tensor that share its texture', () => {
    expectReplays((x) => tf.split(tf.reshape(tf.asinh(x), [9, 35]), 3));
    expectReplays((x) => tf.slice(tf.reshape(x, [9, 35]), [2, 0], [3, 35]));
  });

  it('computes what depends on no input once', () => {
    const scale = weights(5);
    const f = (x: tf.Tensor4D) => tf.mul(x, tf.exp(tf.add(tf.tile(scale, [63]).reshape(shape), tf.scalar(2))));
    expectReplays(f, 1);
    scale.dispose();
  });

  it('gradients within the function', () => {
    expectReplays(tf.grad((y: tf.Tensor) => tf.sum(tf.square(tf.conv2d(y as tf.Tensor4D, w, 2, 'valid')))));
  });

  it('int32, bool and scalar inputs, lists and dictionaries, in and out', () => {
    const make = () => ({
      a: tf.tensor2d(randomValues(6, nextSeed()), [2, 3]),
      i: tf.tensor1d([nextSeed(), 2, 3], 'int32'),
      c: tf.tensor2d([1, 0, 1, 0, 0, 1], [2, 3], 'bool'),
      s: tf.scalar(nextSeed()),
      none: tf.zeros([0, 3]),
    });
    type Inputs = ReturnType<typeof make>;
    const f = ({ a, i, c, s, none }: Inputs) => ({
      chosen: tf.where(c, a, tf.neg(a)),
      sum: [tf.add(i, i), tf.mul(s, a), tf.cast(c, 'int32')],
      not: tf.logicalNot(c),
      none: tf.concat([none, a]),
    });
    const [inputs, others] = [make(), make()];
    const captured = capture(f, inputs);
    expectSame(captured, f as never, others);
    const { a, i, c, s, none } = others;
    const values = captured.predictValues({
      a: a.dataSync() as Float32Array,
      i: i.dataSync() as Int32Array,
      c: c.dataSync() as Uint8Array,
      s: s.dataSync() as Float32Array,
      none: none.dataSync() as Float32Array,
    }) as Record<string, Float32Array[]>;
    expect([...values.sum[0]]).to.deep.equal([...i.dataSync()].map((v) => 2 * v));
    expect(values.sum[0]).to.be.an.instanceOf(Int32Array);
    captured.dispose();
    tf.dispose([inputs, others]);
  });

  it('inputs in every form: values, a texture, a packed one, a part of one, tiles, another backend', async () => {
    const x = picture();
    const f = (y: tf.Tensor4D) => tf.asinh(tf.conv2d(y, w, 1, 'same'));
    const captured = capture(f, x);
    const values = x.dataSync() as Float32Array;
    const expected = tf.tidy(() => bitsOf(f(x)));
    const forms: Record<string, () => tf.Tensor> = {
      values: () => tf.tensor4d(values.slice(), shape),
      texture: () => {
        const y = tf.tensor4d(values.slice(), shape);
        backendOf().uploadToGPU(y.dataId);
        return y;
      },
      packed: () => tf.transpose(tf.transpose(tf.tensor4d(values.slice(), shape), [0, 2, 1, 3]), [0, 2, 1, 3]),
      part: () => {
        const two = tf.tensor4d([...values, ...values], [2, 9, 7, 5]);
        backendOf().uploadToGPU(two.dataId);
        return tf.slice(two, [1, 0, 0, 0], [1, 9, 7, 5]);
      },
      tiles: () => {
        const y = tf.tensor4d(values.slice(), shape);
        backendOf().tile(y);
        Object.assign(backendOf().texData.get(y.dataId), { values: undefined, usage: null });
        return y;
      },
    };
    for (const [name, make] of Object.entries(forms)) {
      tf.tidy(() => {
        const y = make();
        for (let i = 0; i < 2; i++) expect(bitsOf(captured.predict(y)), name).to.deep.equal(expected);
        expect([...y.dataSync()], name).to.deep.equal([...values]);
      });
    }
    await tf.setBackend('cpu');
    const foreign = tf.tensor4d(values.slice(), shape);
    const y = captured.predict(foreign) as tf.Tensor;
    expect(bitsOf(y)).to.deep.equal(expected);
    await tf.setBackend('convnet-webgl');
    captured.dispose();
    tf.dispose([x, y, foreign]);
  });

  it('two captured models and plain predictions in turns', () => {
    const f = (x: tf.Tensor4D) => tf.tanh(tf.conv2d(x, w, 1, 'same'));
    const g = (x: tf.Tensor4D) => tf.asinh(tf.conv2d(tf.relu(x), w, 2, 'same'));
    const [x, other] = [picture(), picture()];
    const [first, second] = [capture(f, x), capture(g, x)];
    for (const input of [other, x, other]) {
      expectSame(first, f, input);
      tf.tidy(() => f(g(input).resizeBilinear([9, 7]).slice([0, 0, 0, 0], [1, 9, 7, 5]) as tf.Tensor4D).dataSync());
      expectSame(second, g, input);
      expectSame(first, f, input);
    }
    // Results stay what they are while others are computed.
    const [a, b] = [first.predict(x), first.predict(other)] as tf.Tensor[];
    const kept = tf.tidy(() => bitsOf(f(x)));
    first.predict(other).dispose();
    first.dispose();
    expectSame(second, g, other);
    expect(bitsOf(a)).to.deep.equal(kept);
    second.dispose();
    tf.dispose([x, other, a, b]);
  });
});

describe('capture() on WebGL2: textures', () => {
  useBackend('convnet-webgl');

  it('shares textures of one size among tensors that do not live at once', () => {
    const f = (x: tf.Tensor) => {
      let y = x;
      for (let i = 0; i < 10; i++) y = tf.asinh(y);
      return y;
    };
    const x = tf.zeros([32, 32]);
    const captured = capture(f, x);
    const { launches, bytes } = captured.info;
    expect(bytes).to.be.lessThan((launches / 2) * 32 * 32 * 4);
    expect(bytes % (32 * 32 * 4)).to.equal(0);
    captured.dispose();
    x.dispose();
  });

  it('gives all back, and takes no more with each replay', () => {
    const w = weights(3, 3, 5, 6) as tf.Tensor4D;
    const x = picture();
    const f = (y: tf.Tensor4D) => tf.asinh(tf.mul(tf.relu(tf.conv2d(y, w, 1, 'same')), tf.exp(tf.ones([6]))));
    const figures = () => {
      const { textures } = backendOf().tensors;
      const { numTensors, numDataBuffers } = tf.memory();
      const manager = backendOf().getTextureManager();
      return {
        ...{ numTensors, numDataBuffers, ids: tf.backend().numDataIds() },
        ...{ own: textures.usedCount, bytes: textures.usedBytes, tfjs: manager.getNumUsedTextures() },
        gpu: (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU,
        guards: textures.budget.guards.size,
      };
    };
    for (let i = 0; i < 3; i++) tf.tidy(() => f(x).dataSync());
    const before = figures();
    for (let i = 0; i < 3; i++) {
      const captured = capture(f, x);
      const during = figures();
      expect(during.own).to.be.greaterThan(before.own);
      for (let k = 0; k < 100; k++) captured.predict(x).dispose();
      captured.predictValues(x);
      expect(figures()).to.deep.equal(during);
      captured.dispose();
      captured.dispose();
      expect(figures()).to.deep.equal(before);
      expect(() => captured.predict(x)).to.throw(/^capture: the captured model has been disposed of/);
      refusal((y) => tf.add(f(y), tf.randomUniform([1])));
      refusal((y) => tf.scalar(f(y).dataSync()[0]));
      expect(figures()).to.deep.equal(before);
    }
    tf.dispose([w, x]);
  });
});
