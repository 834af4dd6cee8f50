// capture(): what is replayed equals what the model predicts, bit by bit, for other inputs, also after weights have changed.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../src/backend/cpu.js';
import { resetThreadsCount } from '../../src/engines/cpu/runtime/threads/count.js';
import type { WeightCache } from '../../src/engines/cpu/runtime/weightCache.js';
import { capture, setThreadsCount } from '../../src/index.js';
import { useBackend } from '../support/backends.js';
import { bitsOf, expectReplays, expectSame, nextSeed, picture, weights } from '../support/captured.js';
import { randomValues } from '../support/randomCases.js';

describe('capture(): replays', () => {
  useBackend('convnet-cpu');
  let w: tf.Tensor4D;
  before(() => {
    w = weights(3, 3, 5, 6) as tf.Tensor4D;
  });
  after(() => w.dispose());

  it('convolutions, a shortcut and a reduction, in launches alone', () => {
    const f = (x: tf.Tensor4D) => {
      const y = tf.relu(tf.conv2d(x, w, 1, 'same'));
      return tf.mean(tf.add(y, tf.conv2d(x, w, 1, 'same')), [1, 2]);
    };
    expect(expectReplays(f)).to.deep.equal([]);
  });

  it('reshapes and identities without a step', () => {
    expectReplays((x) => tf.relu(tf.reshape(tf.clone(tf.reshape(x, [-1])), [9, 35])), 1);
  });

  it('an input that is the output, and an output that depends on no input', () => {
    expectReplays((x) => ({ x, y: tf.ones([2, 3]), again: x, w }), 0);
    expect(w.isDisposed).to.equal(false);
  });

  it('the same buffer twice, and one that is needed to the end', () => {
    expectReplays((x) => {
      const first = tf.abs(x);
      let y: tf.Tensor = first;
      for (let i = 0; i < 8; i++) y = tf.tanh(tf.add(y, tf.abs(y)));
      return [first, tf.sub(y, first)];
    });
  });

  it('computes what depends on no input once', () => {
    const scale = weights(5);
    const f = (x: tf.Tensor4D) => tf.mul(x, tf.exp(tf.add(scale, tf.scalar(2))));
    expectReplays(f, 1);
    scale.dispose();
  });

  it('tables that kernels write in JavaScript', () => {
    const [mean, variance] = [weights(5), tf.tidy(() => tf.abs(weights(5)))];
    const f = (x: tf.Tensor4D) =>
      tf.image.resizeBilinear(tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D), [13, 4]);
    expect(expectReplays(f)).to.deep.equal([]);
    tf.dispose([mean, variance]);
  });

  it('kernels of plain JavaScript, by calling them', () => {
    const f = (x: tf.Tensor4D) => {
      const { values, indices } = tf.topk(tf.reshape(tf.relu(x), [63, 5]), 2);
      return [values, tf.add(indices, tf.scalar(1, 'int32')), tf.asinh(x)];
    };
    expectReplays(f);
  });

  it('a gather by indices that depend on the input', () => {
    expectReplays((x) => tf.gather(tf.reshape(tf.abs(x), [63, 5]), tf.argMax(tf.reshape(x, [63, 5]), 1)));
  });

  it('gradients within the function', () => {
    expectReplays(tf.grad((y: tf.Tensor) => tf.sum(tf.square(tf.conv2d(y as tf.Tensor4D, w, 2, 'valid')))));
  });

  it('int32 and bool inputs, lists and dictionaries, in and out', () => {
    const make = () => ({
      a: tf.tensor2d(randomValues(6, nextSeed()), [2, 3]),
      i: tf.tensor1d([nextSeed(), 2, 3], 'int32'),
      c: tf.tensor2d([1, 0, 1, 0, 0, 1], [2, 3], 'bool'),
    });
    type Inputs = ReturnType<typeof make>;
    const f = ({ a, i, c }: Inputs) => ({
      chosen: tf.where(c, a, tf.neg(a)),
      sum: tf.add(i, i),
      not: tf.logicalNot(c),
    });
    const inputs = make();
    const captured = capture(f, inputs);
    const others = make();
    expectSame(captured, f, others);
    const arrays = {
      a: others.a.dataSync() as Float32Array,
      i: others.i.dataSync() as Int32Array,
      c: others.c.dataSync() as Uint8Array,
    };
    const values = captured.predictValues(arrays) as Record<string, Float32Array>;
    expect(Object.keys(values)).to.deep.equal(['chosen', 'sum', 'not']);
    expect([...values.sum]).to.deep.equal([...others.i.dataSync()].map((v) => 2 * v));
    captured.dispose();
    tf.dispose([inputs, others]);
  });

  it('on several threads', () => {
    setThreadsCount(3);
    try {
      expectReplays((x) => tf.conv2d(tf.tile(x, [1, 20, 20, 1]), w, 1, 'same'));
    } finally {
      resetThreadsCount();
    }
  });

  it('every launch on all threads, with inputs in memory that moves as it grows', async () => {
    registerConvnetCpu('convnet-cpu-eager', { simd: 'auto', threads: 3, eager: true });
    registerConvnetCpu('convnet-cpu-alone', { simd: 'auto', shared: false });
    const kernel = randomValues(3 * 3 * 5 * 6, 77);
    for (const name of ['convnet-cpu-eager', 'convnet-cpu-alone']) {
      await tf.setBackend(name);
      const filter = tf.tensor4d(kernel, [3, 3, 5, 6]);
      const f = (x: tf.Tensor4D) => tf.mean(tf.tile(tf.tanh(tf.conv2d(x, filter, 1, 'same')), [1, 60, 60, 4]), 1);
      expectReplays(f); // 36 MB: more than the memory has at first
      filter.dispose();
      await tf.setBackend('convnet-cpu');
      tf.removeBackend(name);
    }
  });

  it('takes no more memory than lives at once', () => {
    const x = tf.zeros<tf.Rank.R1>([1024]);
    const f = (y: tf.Tensor): tf.Tensor => {
      let z = y;
      for (let i = 0; i < 10; i++) z = tf.sqrt(tf.abs(z));
      return z;
    };
    const captured = capture(f, x);
    expect(captured.info.bytes).to.equal(2 * 4096 + 64);
    captured.dispose();
    x.dispose();
  });
});

describe('capture(): weights that change', () => {
  useBackend('convnet-cpu');

  function dense() {
    const w = tf.tidy(() => tf.variable(weights(5, 4)));
    const f = (x: tf.Tensor4D) => tf.matMul(tf.reshape(x, [63, 5]), tf.mul(w, 2) as tf.Tensor2D);
    return { w, f };
  }

  it('sees an assignment, also while somebody holds the old value', () => {
    const { w, f } = dense();
    const [x, other] = [picture(), picture()];
    const captured = capture(f, x);
    const old = tf.clone(w);
    for (let i = 0; i < 2; i++) {
      const next = weights(5, 4);
      w.assign(next as tf.Tensor2D);
      next.dispose();
      expectSame(captured, f, other);
      expectSame(captured, f, x);
    }
    captured.dispose();
    tf.dispose([w, old, x, other]);
  });

  it('sees fit, in place or not', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [9, 7, 5], filters: 4, kernelSize: 3, activation: 'relu' }),
        tf.layers.batchNormalization({}),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3 }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [picture(), weights(1, 3)];
    const captured = capture(model, x);
    const predict = (input: tf.Tensor) => model.predict(input) as tf.Tensor;
    for (let i = 0; i < 2; i++) {
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      const before = tf.tidy(() => bitsOf(captured.predict(x)));
      expectSame(captured, predict, x);
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      expect(tf.tidy(() => bitsOf(captured.predict(x)))).not.to.deep.equal(before);
    }
    captured.dispose();
    tf.dispose([x, y]);
    model.optimizer.dispose();
    model.dispose();
  });

  it('sees another number of threads, and another choice of kernels', () => {
    const w = weights(3, 3, 5, 16) as tf.Tensor4D;
    const x = tf.tidy(() => tf.tile(picture(), [1, 4, 4, 1]));
    const f = (input: tf.Tensor4D) => tf.conv2d(input, w, 1, 'same');
    const captured = capture(f, x);
    try {
      tf.env().set('CONVNET_WINOGRAD', 'off');
      expectSame(captured, f, x);
      setThreadsCount(2);
      expectSame(captured, f, x);
    } finally {
      tf.env().set('CONVNET_WINOGRAD', 'auto');
      resetThreadsCount();
    }
    expectSame(captured, f, x);
    captured.dispose();
    tf.dispose([w, x]);
  });

  it('two captured models of the same weights do not disturb each other', () => {
    const w = tf.tidy(() => tf.variable(weights(3, 3, 5, 6) as tf.Tensor4D));
    const f = (input: tf.Tensor4D) => tf.conv2d(input, tf.mul(w, 2) as tf.Tensor4D, 1, 'same');
    const [x, other] = [picture(), picture()];
    const [first, second] = [capture(f, x), capture(f, x)];
    for (const input of [other, x]) for (const captured of [first, second, first]) expectSame(captured, f, input);
    const next = weights(3, 3, 5, 6) as tf.Tensor4D;
    w.assign(next);
    expectSame(second, f, other);
    expectSame(first, f, other);
    second.dispose();
    expectSame(first, f, x);
    first.dispose();
    tf.dispose([w, next, x, other]);
  });

  it('says that a weight is gone', () => {
    const { w, f } = dense();
    const x = picture();
    const captured = capture(f, x);
    w.dispose();
    expect(() => captured.predict(x)).to.throw(
      /^capture: the model does not run any more; what it reads has changed or been disposed of/,
    );
    captured.dispose();
    x.dispose();
  });

  it('goes on where the packed weights have been dropped', () => {
    const w = weights(3, 3, 5, 8) as tf.Tensor4D;
    const x = picture();
    const f = (input: tf.Tensor4D) => tf.conv2d(input, w, 1, 'same');
    const captured = capture(f, x);
    const { cache } = tf.backend() as unknown as { readonly cache: WeightCache };
    cache.drop(w.dataId);
    const others = Array.from({ length: 20 }, () => tf.ones([3, 3, 5, 8]));
    expectSame(captured, f, x);
    captured.dispose();
    tf.dispose([w, x, others]);
  });
});
