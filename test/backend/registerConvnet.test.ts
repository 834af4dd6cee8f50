// registerConvnet() on any machine: priorities, bad options, copied kernels.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { backendInfo, type ConvnetOptions, registerConvnet } from '../../src/index.js';

const convolve = () =>
  tf.conv2d(tf.ones([1, 3, 3, 2]) as tf.Tensor4D, tf.ones([3, 3, 2, 1]) as tf.Tensor4D, 1, 'valid');

describe('registerConvnet', () => {
  const name = 'convnet-mine';

  afterEach(async () => {
    await tf.setBackend('cpu');
    if (tf.findBackendFactory(name)) tf.removeBackend(name);
  });

  it('registers a backend that computes', async () => {
    registerConvnet(name, { device: 'cpu' });
    expect(await tf.setBackend(name)).to.equal(true);
    expect(backendInfo(name)).to.include({ name, engine: 'cpu' });
    const y = tf.tidy(() => convolve().dataSync());
    expect([...y]).to.deep.equal([18]);
  });

  it('with the highest priority it is the one that tf.ready() chooses', () => {
    registerConvnet(name, { device: 'cpu', priority: 10 });
    // What tf.ready() calls; the engine of a test cannot forget the backend that it has.
    const engine = tf.engine() as unknown as { initializeBackendsAndReturnBest(): { name: string } };
    expect(engine.initializeBackendsAndReturnBest().name).to.equal(name);
  });

  const bad: Readonly<Record<string, readonly [unknown, unknown, RegExp]>> = {
    'a name with _': ['a_b', {}, /the name must be a text without `_`; received name='a_b'/],
    'no name': ['', {}, /the name must be a text/],
    'a number as name': [3, {}, /the name must be a text without `_`; received name=3/],
    'a name that is taken': ['convnet', {}, /the name must be free; .*received name='convnet'/],
    'no object': [name, null, /the options must be an object; received options=null/],
    'the former form': [name, 'webgl', /the options must be an object; received options='webgl'/],
    'an unknown option': [name, { gpu: 1 }, /the options are device, priority, canvas, context; received option='gpu'/],
    'an unknown device': [name, { device: 'npu' }, /device must be one of auto webgl cpu; received device='npu'/],
    'a priority that is no number': [
      name,
      { priority: Number.NaN },
      /priority must be a number; received priority=NaN/,
    ],
    'a canvas that is none': [
      name,
      { canvas: 'c' },
      /canvas must be an HTMLCanvasElement .*; received canvas='String'/,
    ],
    'a context that is none': [
      name,
      { context: {} },
      /context must be a WebGL2RenderingContext; received context='Object'/,
    ],
  };
  for (const [what, [given, options, message]] of Object.entries(bad)) {
    it(`refuses ${what}`, () => {
      const factory = tf.findBackendFactory(String(given));
      expect(() => registerConvnet(given as string, options as ConvnetOptions)).to.throw(message);
      expect(tf.findBackendFactory(String(given))).to.equal(factory);
    });
  }

  it('kernels copied to a backend that is not ours say what to call instead', async () => {
    const copy = 'copied';
    tf.copyRegisteredKernels('cpu', copy);
    await tf.setBackend('cpu');
    const Cpu = tf.backend().constructor as new () => tf.KernelBackend;
    tf.registerBackend(copy, () => new Cpu());
    registerConvnet(name, { device: 'cpu' });
    await tf.setBackend(name);
    for (const { kernelName } of tf.getKernelsForBackend(copy)) tf.unregisterKernel(kernelName, copy);
    tf.copyRegisteredKernels(name, copy);
    await tf.setBackend(copy);
    try {
      expect(() => tf.tidy(() => convolve())).to.throw(
        /^Conv2D: a convnet kernel runs on a convnet backend alone; .*registerConvnet/,
      );
    } finally {
      await tf.setBackend('cpu');
      tf.removeBackend(copy);
      for (const { kernelName } of tf.getKernelsForBackend(copy)) tf.unregisterKernel(kernelName, copy);
    }
  });
});
