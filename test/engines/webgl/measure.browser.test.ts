// tf.time(), tf.profile() and tf.enableDebugMode() on the WebGL2 engine.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectSame, useTiles, valuesIn, webgl } from '../../support/webgl/opTable/operands.js';

const shape: [number, number, number, number] = [1, 96, 96, 8];
const values = valuesIn(shape, 1);
const filter = () => tf.tensor4d(valuesIn([3, 3, 8, 16], 2), [3, 3, 8, 16]);
const work = () => tf.relu(tf.conv2d(tf.tensor4d(values, shape), filter(), 1, 'same'));

type Ms = number | { error: string };

/** A time, where the device has timers; else TensorFlow.js says that it has none. */
function expectTime(what: string, ms: Ms): void {
  const hasTimers = tf.env().getNumber('WEBGL_DISJOINT_QUERY_TIMER_EXTENSION_RELIABLE') > 0;
  if (hasTimers) expect(ms, what).to.be.a('number').greaterThan(0);
  else if (typeof ms === 'number') expect(ms, what).to.be.greaterThan(0);
  else expect(ms.error, what).to.match(/query timers are not supported/);
}

describe('WebGL2: measuring', () => {
  useTiles('convnet-webgl');

  it('tf.time() counts draws of ours', async () => {
    tf.dispose(tf.tidy(work)); // compiles
    const { draws } = webgl().counters;
    let y: tf.Tensor | undefined;
    const time = await tf.time(() => {
      y = tf.tidy(work);
    });
    expect(webgl().counters.draws, 'draws').to.be.greaterThan(draws);
    expectTime('kernelMs', time.kernelMs as Ms);
    expect(webgl().tensors.find(y as tf.Tensor)?.deferred).to.equal(undefined);
    y?.dispose();
    expect(webgl().gl2.getError()).to.equal(webgl().gl2.NO_ERROR);
  });

  it('tf.profile() has a time for every kernel', async () => {
    const profile = await tf.profile(() => tf.tidy(work));
    const names = profile.kernels.map(({ name }) => name);
    expect(names).to.include.members(['Conv2D', 'Relu']);
    for (const { name, kernelTimeMs } of profile.kernels) {
      if (name === 'Conv2D' || name === 'Relu') expectTime(name, (await kernelTimeMs) as Ms);
    }
    tf.dispose(profile.result as tf.Tensor);
  });

  it('afterwards convolutions are put off as before', () => {
    const y = tf.tidy(work);
    expect(webgl().tensors.find(y)?.deferred).to.be.an('object');
    y.dispose();
  });

  it('debug mode computes the same and finds no error', async () => {
    const expected = tf.tidy(() => work().dataSync());
    tf.env().set('DEBUG', true);
    const { log } = console;
    console.log = () => {}; // a line for each kernel
    try {
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape: [12, 12, 4], filters: 8, kernelSize: 3, padding: 'same' }),
          tf.layers.batchNormalization(),
          tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2 }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 3 }),
        ],
      });
      tf.tidy(() => (model.predict(tf.ones([1, 12, 12, 4])) as tf.Tensor).dataSync());
      expectSame(
        'y',
        tf.tidy(() => work().dataSync()),
        expected,
      );
      await new Promise((resolve) => setTimeout(resolve, 50)); // the profiler writes its lines
      model.dispose();
    } finally {
      console.log = log;
      tf.env().set('DEBUG', false);
    }
    expect(webgl().gl2.getError()).to.equal(webgl().gl2.NO_ERROR);
  });
});
