// capture() on the WebGL2 engine: what is refused, and what changes after the capture.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import { capture } from '../../src/index.js';
import { useBackend } from '../support/backends.js';
import { bitsOf, expectReplays, expectSame, picture, refusal, shape, weights } from '../support/captured.js';
import { itRefusesOnEveryEngine } from '../support/captureRefusals.js';

const backendOf = () => tf.backend() as WebglBackend;

describe('capture() on WebGL2: refusals', () => {
  useBackend('convnet-webgl');
  itRefusesOnEveryEngine();

  const rows: Record<string, readonly [RegExp, (x: tf.Tensor4D) => unknown]> = {
    'values of the input itself': [
      /^capture: values that depend on the inputs are read in JavaScript/,
      (x) => tf.scalar(x.dataSync()[0]),
    ],
    'a kernel that computes on the CPU': [
      /^capture: the kernel reads values that depend on the inputs .*; received kernel='LinSpace|Bincount'/,
      (x) => tf.bincount(tf.cast(tf.reshape(tf.abs(x), [-1]), 'int32') as tf.Tensor1D, [] as never, 5),
    ],
    'random numbers': [
      /^capture: two runs of the model .* differ, as with random numbers, counters or caches; received last kernel='Add'/,
      (x) => tf.add(tf.relu(x), tf.randomUniform(shape)),
    ],
    'a random number': [
      /^capture: two runs of the model .* differ/,
      (x) => tf.add(tf.relu(x), tf.scalar(Math.random())),
    ],
    'complex outputs': [
      /^capture: outputs must be float32, int32 or bool; received dtype='complex64'/,
      (x) => tf.complex(x, x),
    ],
  };
  for (const [title, [message, f]] of Object.entries(rows)) it(title, () => expect(refusal(f)).to.match(message));

  it('a counter of the app', () => {
    let count = 0;
    expect(refusal((x) => tf.mul(x, tf.scalar(count++)))).to.match(/two runs/);
    expect(refusal((x) => tf.pad(x, [[0, 0], [0, count++], [0, 0], [0, 0]]))).to.match(/two runs/); // biome-ignore format: one row
  });

  it('a tensor that outlives the call', () => {
    const kept: tf.Tensor[] = [];
    const message = refusal((x) => {
      kept.push(tf.keep(tf.asinh(x)));
      return tf.neg(x);
    });
    expect(message).to.match(/^capture: the model keeps a tensor that depends on its inputs/);
    for (const tensor of kept) {
      expect(tensor.dataSync()).to.have.length(315);
      tensor.dispose();
    }
  });

  it('a captured model within another', () => {
    const x = picture();
    const inner = capture((a: tf.Tensor) => tf.neg(a), x);
    expect(refusal((a) => inner.predict(a))).to.match(/a captured model cannot be part of another one/);
    inner.dispose();
    x.dispose();
  });

  it('leaves no buffer bound where a read into one is refused', async () => {
    const { gl2: gl } = backendOf();
    for (const result of [tf.relu, tf.asinh]) {
      const reads: Promise<unknown>[] = [];
      const message = refusal((x) => {
        const y = result(x);
        reads.push(y.data().catch(() => {}));
        return tf.neg(y);
      });
      expect(message).to.match(/^capture: values that depend on the inputs are read in JavaScript/);
      expect(gl.getParameter(gl.PIXEL_PACK_BUFFER_BINDING)).to.equal(null);
      await Promise.all(reads);
    }
    expect(gl.getError()).to.equal(gl.NO_ERROR);
  });

  it('leaves the context as it was', () => {
    const { gl2 } = backendOf();
    const names = () => Object.getOwnPropertyNames(gl2).sort();
    const before = names();
    expectReplays((x) => tf.relu(x));
    refusal((x) => tf.scalar(x.dataSync()[0]));
    expect(names()).to.deep.equal(before);
    expect(backendOf().recording).to.equal(undefined);
  });
});

describe('capture() on WebGL2: what changes later', () => {
  useBackend('convnet-webgl');

  it('sees an assignment, also while somebody holds the old value, and on the CPU', () => {
    const w = tf.tidy(() => tf.variable(weights(5, 4)));
    const s = tf.tidy(() => tf.variable(tf.scalar(2)));
    const f = (x: tf.Tensor4D) => tf.matMul(tf.reshape(x, [63, 5]), tf.mul(w, s) as tf.Tensor2D);
    const [x, other] = [picture(), picture()];
    const captured = capture(f, x);
    const old = tf.clone(w);
    for (let i = 0; i < 2; i++) {
      const [next, factor] = [weights(5, 4), tf.scalar(i + 5)];
      w.assign(next as tf.Tensor2D);
      expectSame(captured, f, other);
      s.assign(factor);
      expectSame(captured, f, x);
      tf.dispose([next, factor]);
    }
    captured.dispose();
    tf.dispose([w, s, old, x, other]);
  });

  it('sees fit', async () => {
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
      const before = tf.tidy(() => bitsOf(captured.predict(x)));
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      expectSame(captured, predict, x);
      expect(tf.tidy(() => bitsOf(captured.predict(x)))).not.to.deep.equal(before);
    }
    captured.dispose();
    tf.dispose([x, y]);
    model.optimizer.dispose();
    model.dispose();
  });

  it('sees another choice of kernels', () => {
    const w = weights(3, 3, 5, 16) as tf.Tensor4D;
    const x = tf.tidy(() => tf.tile(picture(), [1, 4, 4, 1]));
    const f = (input: tf.Tensor4D) => tf.conv2d(input, w, 1, 'same');
    const captured = capture(f, x);
    try {
      tf.env().set('CONVNET_WINOGRAD', 'off');
      expectSame(captured, f, x);
    } finally {
      tf.env().set('CONVNET_WINOGRAD', 'auto');
    }
    expectSame(captured, f, x);
    captured.dispose();
    tf.dispose([w, x]);
  });

  it('sees a program that the self-test finds wrong', () => {
    const w = weights(3, 3, 5, 6) as tf.Tensor4D;
    const x = picture();
    const f = (input: tf.Tensor4D) => tf.asinh(tf.conv2d(input, w, 1, 'same'));
    const captured = capture(f, x);
    captured.predict(x).dispose();
    const { selfTest } = backendOf();
    const { check } = selfTest;
    const asked: string[] = [];
    selfTest.check = (name, test) => {
      asked.push(name);
      return check.call(selfTest, name, test);
    };
    captured.predict(x).dispose();
    Reflect.deleteProperty(selfTest, 'check');
    expect(asked.some((name) => /conv/.test(name))).to.equal(true);
    expectSame(captured, f, x);
    captured.dispose();
    tf.dispose([w, x]);
  });

  it('says that a weight is gone', () => {
    const w = weights(5, 4);
    const x = picture();
    const captured = capture((y: tf.Tensor4D) => tf.matMul(tf.reshape(y, [63, 5]), w as tf.Tensor2D), x);
    w.dispose();
    expect(() => captured.predict(x)).to.throw(
      /^capture: the model does not run any more; what it reads has changed or been disposed of/,
    );
    captured.dispose();
    x.dispose();
  });

  it('weights that changed while another backend is active are an error that says what to do', async () => {
    const [w, three, a] = [tf.tidy(() => tf.variable(tf.scalar(2))), tf.scalar(3), tf.ones([2, 3])];
    const captured = capture((x: tf.Tensor) => tf.mul(x, w), a);
    w.assign(three);
    await tf.setBackend('cpu');
    expect(() => captured.predict(a)).to.throw(/call tf\.setBackend\('convnet-webgl'\) first; received backend='cpu'/);
    await tf.setBackend('convnet-webgl');
    expect([...captured.predictValues(a)]).to.deep.equal([3, 3, 3, 3, 3, 3]);
    captured.dispose();
    tf.dispose([w, three, a]);
  });
});
