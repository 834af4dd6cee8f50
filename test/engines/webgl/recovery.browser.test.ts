// What a prediction after a lost context does again: no self-test that passed on the same GPU, and no program that nobody
// has drawn with of late.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnet } from '../../../src/index.js';
import { captureWarnings } from '../../support/warnings.js';
import { loseAndRestore } from '../../support/webgl/loseContext.js';
import { expectSame, inTiles, valuesIn, webgl } from '../../support/webgl/opTable/operands.js';
import { removeWithContext } from '../../support/webgl/ownContexts.js';

const name = 'convnet-recovering';
const shape: [number, number, number, number] = [1, 9, 10, 5];
const values = valuesIn(shape, 1);
const filter = valuesIn([3, 3, 5, 6], 2);

/** A convolution and a function, in the tiled layout. */
function compute(): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor4d(values, shape);
    const y = tf.conv2d(x, tf.tensor(filter, [3, 3, 5, 6]) as tf.Tensor4D, 1, 'same');
    return tf.sigmoid(tf.maxPool(y, 3, 1, 'same')).dataSync() as Float32Array;
  });
}

const tests = () => webgl().selfTest.report.reduce((sum, kind) => sum + kind.tests, 0);

describe('WebGL2: what is done again after a lost context', () => {
  let expected: Float32Array;

  beforeEach(async () => {
    await tf.setBackend('cpu');
    expected = compute();
    registerConvnet(name, { canvas: new OffscreenCanvas(1, 1) });
    await tf.setBackend(name);
  });
  afterEach(async () => {
    await tf.setBackend('cpu');
    removeWithContext(name);
  });

  it('on the same GPU self-tests wait for idle time', async () => {
    for (let i = 0; i < 3; i++) expectSame('before', compute(), expected, 1e-4);
    const { selfTest } = webgl();
    selfTest.testWaiting();
    const [before, kinds] = [tests(), selfTest.report.length];
    expect(before).to.be.at.least(2 * kinds);
    await loseAndRestore();
    expectSame('after', compute(), expected, 1e-4);
    expect(tests(), 'tests that the prediction waited for').to.equal(before);
    selfTest.testWaiting();
    expect(tests(), 'tests in idle time').to.equal(before + kinds);
  });

  it('on another GPU each kind is tested before its result is handed out', async () => {
    for (let i = 0; i < 3; i++) compute();
    const { gl2, selfTest } = webgl();
    const kinds = selfTest.report.length;
    const { getParameter } = gl2;
    const unmasked = 0x9246; // of WEBGL_debug_renderer_info
    gl2.getParameter = (what) =>
      what === unmasked || what === gl2.RENDERER ? 'another GPU' : getParameter.call(gl2, what);
    await loseAndRestore();
    expect(selfTest.report).to.deep.equal([]);
    expectSame('after', compute(), expected, 1e-4);
    expect(selfTest.report.length).to.equal(kinds);
  });

  it('a kind that becomes wrong is found in idle time, one that was wrong stays barred', async () => {
    for (let i = 0; i < 3; i++) compute();
    await loseAndRestore();
    const { gl2, selfTest, tensors } = webgl();
    const { draw } = tensors.drawer;
    tensors.drawer.draw = function (task) {
      draw.call(this, task);
      if (task.program.key.includes('unary')) gl2.clearBufferfv(gl2.COLOR, 0, [0.37, -0.59, 1.3, 0.71]);
    };
    const warnings = await captureWarnings(() => {
      compute();
      selfTest.testWaiting();
    });
    expect(warnings.join()).to.match(/Sigmoid.*results since its last test may be wrong/);
    expectSame('without it', compute(), expected, 1e-4);
    await loseAndRestore();
    expect(await captureWarnings(() => expectSame('still', compute(), expected, 1e-4))).to.deep.equal([]);
    tensors.drawer.draw = draw;
  });

  it('programs of recent inferences alone are compiled at once', async () => {
    const { gl2 } = webgl();
    const { linkProgram } = gl2;
    const restoredAfter = async (reads: number) => {
      for (let i = 0; i < reads; i++) tf.tidy(() => tf.neg(inTiles(values, shape)).dataSync());
      let linked = 0;
      gl2.linkProgram = (program) => {
        linked++;
        linkProgram.call(gl2, program);
      };
      await loseAndRestore();
      gl2.linkProgram = linkProgram;
      expectSame('after', compute(), expected, 1e-4);
      return linked;
    };
    compute();
    const few = await restoredAfter(20);
    compute();
    const all = await restoredAfter(1);
    expect(few).to.be.above(0);
    expect(all).to.be.above(few);
  });
});
