// capture(): what cannot be replayed is refused with the reason, wrong inputs are errors, and nothing is left behind.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../src/backend/cpu.js';
import { type CapturedModel, capture, registerBackends } from '../../src/index.js';
import { useBackend } from '../support/backends.js';
import { picture, refusal, shape, weights } from '../support/captured.js';
import { itRefusesOnEveryEngine } from '../support/captureRefusals.js';

describe('capture(): refusals', () => {
  useBackend('convnet-cpu');
  itRefusesOnEveryEngine();

  const rows: Record<string, readonly [RegExp, (x: tf.Tensor4D) => unknown]> = {
    'random numbers': [
      /^capture: two runs of the model .* differ.*other values in JavaScript; received last kernel='Relu'/,
      (x) => tf.add(tf.relu(x), tf.randomUniform(shape)),
    ],
    'complex numbers': [
      /^capture: the kernel computes with a dtype that cannot be replayed; received kernel='Complex', dtype='complex64'/,
      (x) => tf.real(tf.complex(x, x)),
    ],
    'what is no tensor': [
      /^capture: outputs must be a tensor, or a list.*received outputs\.b='Number'/,
      (x) => ({ a: x, b: 1 }),
    ],
    'a promise': [/^capture: outputs must be a tensor.*received outputs='Promise'/, async (x) => x],
  };
  for (const [title, [message, f]] of Object.entries(rows)) it(title, () => expect(refusal(f)).to.match(message));

  it('a counter of the app', () => {
    let count = 0;
    expect(refusal((x) => tf.mul(x, tf.scalar(count++)))).to.match(/other values in JavaScript/);
    expect(refusal((x) => tf.pad(x, [[0, 0], [0, count++], [0, 0], [0, 0]]))).to.match(/alloc|PadV2/); // biome-ignore format: one row
  });

  it('a tensor that outlives the call', () => {
    const kept: tf.Tensor[] = [];
    const message = refusal((x) => {
      kept.push(tf.keep(tf.relu(x)));
      return tf.neg(x);
    });
    expect(message).to.match(/^capture: the model keeps a tensor that depends on its inputs.*bytes=1260/);
    for (const tensor of kept) {
      expect(tensor.dataSync()).to.have.length(315);
      tensor.dispose();
    }
  });

  it('names the layer, also within a model in the model', () => {
    const noise = new (class extends tf.layers.Layer {
      static className = 'Noise';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const [x] = [inputs].flat();
        return tf.add(x, tf.randomUniform(x.shape));
      }
    })({ name: 'the_noise', trainable: false });
    const inner = tf.sequential({ layers: [tf.layers.flatten({ inputShape: shape.slice(1) }), noise] });
    const model = tf.sequential({ layers: [inner, tf.layers.dense({ units: 2, name: 'after' })] });
    const x = picture();
    const attempt = () => capture(model, x);
    expect(attempt).to.throw(/^capture: two runs of the model .*last kernel='\w+', layer='the_noise'$/);
    expect(attempt).to.throw(/layer='the_noise'$/); // the layers are as they were
    expect(Object.hasOwn(noise, 'call')).to.equal(false);
    const y = model.predict(x) as tf.Tensor;
    expect(y.shape).to.deep.equal([1, 2]);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('a captured model within another', () => {
    const x = picture();
    const inner = capture((a: tf.Tensor) => tf.neg(a), x);
    expect(refusal((a) => inner.predict(a))).to.match(/a captured model cannot be part of another one/);
    inner.dispose();
    x.dispose();
  });

  it('official backends', async () => {
    await tf.setBackend('cpu');
    const x = tf.ones([2]);
    expect(() => capture((a: tf.Tensor) => a, x)).to.throw(
      "capture: the active backend must be one of this package; received backend='cpu'",
    );
    x.dispose();
    await tf.setBackend('convnet-cpu');
  });

  it('an engine without WebAssembly SIMD', async () => {
    registerConvnetCpu('convnet-cpu-without-simd', { simd: 'off' });
    await tf.setBackend('convnet-cpu-without-simd');
    const x = tf.ones([2]);
    const message =
      "capture: capturing needs WebAssembly SIMD, which is off or missing here; received backend='convnet";
    expect(() => capture((a: tf.Tensor) => a, x)).to.throw(message);
    x.dispose();
    await tf.setBackend('convnet-cpu');
    tf.removeBackend('convnet-cpu-without-simd');
  });

  it('what is no model', () => {
    const x = tf.ones([2]);
    expect(() => capture({} as never, x)).to.throw(/^capture: the model must have predict\(\), or be a function/);
    expect(() => capture((() => x) as never, [] as never)).to.throw(
      /^capture: the inputs must have one tensor at least/,
    );
    expect(() => capture(((a: tf.Tensor) => a) as never, 3 as never)).to.throw(/received inputs='Number'/);
    x.dispose();
    const text = tf.tensor(['a']);
    expect(() => capture((a: tf.Tensor) => a, text)).to.throw(
      /inputs must be float32, int32 or bool; received dtype='string'/,
    );
    text.dispose();
  });
});

describe('capture(): inputs', () => {
  useBackend('convnet-cpu');
  let a: tf.Tensor;
  let b: tf.Tensor;
  let captured: CapturedModel;
  before(() => {
    [a, b] = [tf.ones([2, 3]), tf.tensor1d([4, 5, 6], 'int32')];
    captured = capture(([x, y]: tf.Tensor[]) => [tf.relu(x), tf.add(y, y)], [a, b]);
  });
  after(() => {
    captured.dispose();
    tf.dispose([a, b]);
  });

  const rows: Record<string, readonly [RegExp, () => unknown]> = {
    shape: [
      /inputs\[0\] must have the shape \[2,3\], as at the capture; received shape=\[3\]/,
      () => [tf.ones([3]), b],
    ],
    dtype: [/inputs\[1\] must be int32, as at the capture; received dtype='float32'/, () => [a, tf.ones([3])]],
    number: [/inputs must be a list of 2; received inputs=\['0'\]/, () => [a]],
    structure: [/inputs must be a list of 2; received inputs='Object'/, () => a],
    'kind of array': [
      /inputs\[0\] must be a tensor or a Float32Array; received inputs\[0\]='Int32Array'/,
      () => [new Int32Array(6), b],
    ],
    'length of an array': [
      /inputs\[0\] must have 6 values for the shape \[2,3\]; received length=5/,
      () => [new Float32Array(5), b],
    ],
    'a tensor that is gone': [
      /inputs\[0\] has been disposed of/,
      () => {
        const gone = tf.ones([2, 3]);
        gone.dispose();
        return [gone, b];
      },
    ],
  };
  for (const [title, [message, inputs]] of Object.entries(rows)) {
    it(title, () =>
      tf.tidy(() => {
        const given = inputs() as tf.Tensor;
        expect(() => captured.predict(given)).to.throw(message);
      }),
    );
  }

  it('of another backend, while that one is active', async () => {
    await tf.setBackend('cpu');
    const [x, y] = [tf.tensor2d([1, -1, 2, -2, 3, -3], [2, 3]), tf.tensor1d([1, 2, 3], 'int32')];
    const outputs = captured.predict([x, y]) as tf.Tensor[];
    expect([...outputs[0].dataSync()]).to.deep.equal([1, 0, 2, 0, 3, 0]);
    const sum = tf.add(outputs[1], y); // on the active backend
    expect([...sum.dataSync()]).to.deep.equal([3, 6, 9]);
    tf.dispose([x, y, outputs, sum]);
    await tf.setBackend('convnet-cpu');
  });

  it('weights that changed while another backend is active are an error that says what to do', async () => {
    const [w, three] = [tf.tidy(() => tf.variable(tf.scalar(2))), tf.scalar(3)];
    const other = capture((x: tf.Tensor) => tf.mul(x, w), a);
    w.assign(three);
    await tf.setBackend('cpu');
    expect(() => other.predict(a)).to.throw(/call tf\.setBackend\('convnet-cpu'\) first; received backend='cpu'/);
    await tf.setBackend('convnet-cpu');
    expect([...other.predictValues(a)]).to.deep.equal([3, 3, 3, 3, 3, 3]);
    other.dispose();
    tf.dispose([w, three]);
  });
});

describe('capture(): life', () => {
  it('gives all memory back', async () => {
    await tf.setBackend('convnet-cpu');
    const w = weights(3, 3, 5, 6) as tf.Tensor4D;
    const x = picture();
    const f = (y: tf.Tensor) =>
      tf.asinh(tf.mul(tf.relu(tf.conv2d(y as tf.Tensor4D, w, 1, 'same')), tf.exp(tf.ones([6]))));
    const direct = () => tf.tidy(() => f(x).dataSync());
    for (let i = 0; i < 3; i++) direct();
    const figures = () => {
      const { numTensors, numDataBuffers, numBytesInHeap } = tf.memory() as unknown as Record<string, number>;
      return { numTensors, numDataBuffers, numBytesInHeap, ids: tf.backend().numDataIds() };
    };
    const before = figures();
    for (let i = 0; i < 3; i++) {
      const captured = capture(f, x);
      captured.predict(x).dispose();
      expect(figures().numBytesInHeap).to.be.greaterThan(before.numBytesInHeap);
      captured.dispose();
      captured.dispose();
      expect(figures()).to.deep.equal(before);
      expect(() => captured.predict(x)).to.throw(/^capture: the captured model has been disposed of/);
      refusal((y) => tf.add(f(y), tf.randomUniform([1])));
      expect(figures()).to.deep.equal(before);
    }
    tf.dispose([w, x]);
  });

  it('says that its backend has been removed', async () => {
    await tf.setBackend('convnet-cpu');
    const x = tf.ones([2]);
    const captured = capture((y: tf.Tensor) => tf.relu(y), x);
    x.dispose();
    await tf.setBackend('cpu');
    tf.removeBackend('convnet-cpu');
    expect(() => captured.predict(new Float32Array(2))).to.throw(/^capture: the backend has been removed/);
    captured.dispose();
    registerBackends();
  });
});
