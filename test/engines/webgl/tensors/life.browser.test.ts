// Several backends on one GL context, backends that are removed, warm-up after training, and contexts that are lost.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnet } from '../../../../src/backend/register.js';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { registerBackends, warmup } from '../../../../src/index.js';
import { captureWarnings } from '../../../support/warnings.js';
import { GlCounter } from '../../../support/webgl/opTable/glObjects.js';
import {
  expectSame,
  inTiles,
  throughTiles,
  useTiles,
  valuesIn,
  webgl,
} from '../../../support/webgl/opTable/operands.js';

const name = 'convnet-webgl';
const shape = [2, 3, 5, 6] as const;
const values = valuesIn(shape, 1);
const others = valuesIn(shape, 2);

describe('WebGL2 tiled layout: two backends on one context', () => {
  useTiles(name);
  const second = 'convnet-second';

  it('work side by side, exchange tensors and go alone', async () => {
    const x = inTiles(values, shape);
    registerConvnet(second, { device: 'webgl' });
    await tf.setBackend(second);
    expect(webgl().gl2).to.equal((tf.findBackend(name) as WebglBackend).gl2);
    const y = inTiles(others, shape);
    const copy = throughTiles(x); // x moves here
    await tf.setBackend(name);
    const sum = tf.tidy(() => tf.add(throughTiles(x), throughTiles(y)));
    await tf.setBackend(second);
    expectSame('copy', await copy.data(), values);
    expectSame(
      'sum',
      await sum.data(),
      values.map((value, i) => value + others[i]),
      1e-6,
    );
    copy.dispose();
    await tf.setBackend(name);
    tf.removeBackend(second);
    expectSame(
      'the first goes on',
      tf.tidy(() => tf.neg(throughTiles(x)).dataSync()),
      values.map((value) => -value),
    );
    tf.dispose([x, y, sum]);
  });

  it('a removed backend leaves nothing on the GPU but programs, which the next one uses', async () => {
    const counter = new GlCounter(webgl().gl2);
    try {
      for (let i = 0; i < 2; i++) {
        registerConvnet(second, { device: 'webgl' });
        await tf.setBackend(second);
        const y = tf.tidy(() => tf.relu(throughTiles(inTiles(values, shape))));
        expectSame(
          'y',
          y.dataSync(),
          values.map((value) => Math.max(value, 0)),
        );
        const undrawn = tf.tidy(() => throughTiles(inTiles(others, shape)));
        await tf.setBackend(name);
        tf.removeBackend(second);
        tf.dispose([y, undrawn]);
      }
      const { textures, framebuffers, bytes } = counter.now;
      expect({ textures, framebuffers, bytes }).to.deep.equal({ textures: 0, framebuffers: 0, bytes: 0 });
    } finally {
      counter.stop();
    }
  });

  it('tensors of a removed backend are an error, not numbers', async () => {
    registerConvnet(second, { device: 'webgl' });
    await tf.setBackend(second);
    const x = inTiles(values, shape);
    await tf.setBackend(name);
    tf.removeBackend(second);
    expect(() => x.dataSync()).to.throw();
    expect(() => throughTiles(x)).to.throw();
    x.dispose();
  });
});

describe('WebGL2 tiled layout: compiling ahead changes no tensor', () => {
  useTiles(name);

  /** Weights and input on the GPU alone, as after training. */
  const onGpu = (values: Float32Array, shape: readonly number[]) => {
    return tf.tidy(() => tf.reverse(tf.reverse(tf.tensor(values, [...shape]), 0), 0));
  };
  const makers = { 'in textures of TensorFlow.js': onGpu, 'in the tiled layout': inTiles } as const;

  /** As TensorFlow.js's users do it. */
  async function compileOnly(predict: () => tf.Tensor): Promise<void> {
    tf.env().set('ENGINE_COMPILE_ONLY', true);
    tf.tidy(() => void predict());
    await webgl().checkCompileCompletionAsync();
    webgl().getUniformLocations();
    tf.env().set('ENGINE_COMPILE_ONLY', false);
  }

  const ways = {
    'warmup()': (predict: () => tf.Tensor) => warmup({ inputs: [], predict }),
    ENGINE_COMPILE_ONLY: compileOnly,
  };

  for (const [way, compile] of Object.entries(ways)) {
    for (const [what, make] of Object.entries(makers)) {
      it(`${way}, tensors ${what}`, async () => {
        const [scale, shift] = [valuesIn([6], 3), valuesIn([6], 4)];
        const x = make(values, shape) as tf.Tensor4D;
        const [filter, bias] = [make(scale, [1, 1, 6, 1]) as tf.Tensor4D, make(shift, [6])];
        const predict = () => tf.add(tf.fused.depthwiseConv2d({ x, filter, bias, strides: 1, pad: 'same' }), 1);
        await compile(predict);
        const y = tf.tidy(() => tf.sub(predict(), 1));
        const expected = values.map((value, i) => value * scale[i % 6] + shift[i % 6]);
        expectSame('y', y.dataSync(), expected, 1e-5);
        expectSame('x', x.dataSync(), values);
        tf.dispose([x, filter, bias, y]);
      });
    }
  }
});

describe('WebGL2 tiled layout: a lost context that stays lost', () => {
  const webglFactory = tf.findBackendFactory('webgl');
  const message = /^convnet: the WebGL context was lost.*tf\.removeBackend\(name\)/;

  before(async () => {
    tf.env().set('CONVNET_ON_LOSS', 'error');
    await tf.setBackend(name);
  });

  after(async () => {
    tf.env().set('CONVNET_ON_LOSS', 'restore');
    // 'webgl' had the same context.
    tf.removeBackend('webgl');
    tf.registerBackend('webgl', webglFactory, 2);
    await tf.setBackend(name);
  });

  it('is an error for whoever waits or comes later; a new backend has a new context', async () => {
    const before = tf.memory().numTensors;
    const { gl2: gl } = webgl();
    const x = inTiles(values, shape);
    const onTfjs = tf.tidy(() => tf.reverse(tf.reverse(inTiles(values, shape), 0), 0));
    const onCpu = tf.tensor(others);
    const waiting = [x.data(), onTfjs.data()].map((read) => read.then(String, (error: Error) => error.message));
    const extension = gl.getExtension('WEBGL_lose_context') as WEBGL_lose_context;
    extension.loseContext();
    const attempts = [
      () => x.dataSync(),
      () => onTfjs.dataSync(),
      () => throughTiles(x),
      () => tf.add(x, 1),
      () => tf.add(onTfjs, 1),
      () => tf.conv2d(onTfjs as tf.Tensor4D, tf.ones([2, 2, 6, 7]), 1, 'same'),
      () => x.dataToGPU(),
    ];
    const warnings = await captureWarnings(() => {
      for (const attempt of attempts) expect(() => tf.tidy(attempt as never), String(attempt)).to.throw(message);
    });
    expect(warnings).to.deep.equal([]);
    for (const read of waiting) expect(await read).to.match(message);
    for (const late of [x, onTfjs]) {
      expect(await late.data().then(String, (error: Error) => error.message)).to.match(message);
    }
    expectSame('on the CPU', onCpu.dataSync(), others);
    // A browser restores a context only after all listeners have heard of its loss: not from within one of them.
    await new Promise((resolve) => setTimeout(resolve));
    const isBack = new Promise((resolve) => gl.canvas.addEventListener('webglcontextrestored', resolve));
    extension.restoreContext();
    await isBack;
    expect(gl.isContextLost()).to.equal(false);
    for (const attempt of attempts) expect(() => tf.tidy(attempt as never), String(attempt)).to.throw(message);

    await tf.setBackend('cpu');
    tf.removeBackend(name);
    tf.dispose([x, onTfjs]);
    registerBackends();
    await tf.setBackend(name);
    expect(webgl().gl2).to.not.equal(gl);
    expectSame(
      'anew',
      tf.tidy(() => throughTiles(inTiles(values, shape)).dataSync()),
      values,
    );
    expectSame(
      'from the CPU',
      tf.tidy(() => tf.neg(onCpu).dataSync()),
      others.map((value) => -value),
    );
    onCpu.dispose();
    expect(tf.memory().numTensors).to.equal(before);
  });
});
