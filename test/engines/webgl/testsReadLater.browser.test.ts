// First self-tests are drawn at once and read with the next result. What a wrong program has computed meanwhile is
// void: whoever reads it, or computes with it, gets an error; everything else stays.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { WrongProgramError } from '../../../src/engines/webgl/gl/failures.js';
import { SelfTest } from '../../../src/engines/webgl/selfTest.js';
import type { Surroundings } from '../../../src/engines/webgl/testKinds.js';
import { useBackend } from '../../support/backends.js';
import { captureWarnings } from '../../support/warnings.js';
import { expectSame, throughTiles, valuesIn, webgl } from '../../support/webgl/opTable/operands.js';
import { whileSpoilt } from '../../support/webgl/spoilProgram.js';

const right = { passed: true, difference: 0 };
const wrong = { passed: false, difference: 0.5 };

describe('WebGL2 self-tests that are read later', () => {
  let discarded: number[];
  let computed: number;
  let mayWait: boolean;
  const surroundings = (): Surroundings => ({
    run: (test) => test(),
    mayWait: () => mayWait,
    computed: () => computed,
    discard: (since) => void discarded.push(since),
    whenDrawn: () => new Promise(() => {}),
  });
  beforeEach(() => {
    discarded = [];
    computed = 0;
    mayWait = true;
  });

  it('are read when a result is, in the order in which they were begun', async () => {
    const test = new SelfTest(surroundings());
    const read: string[] = [];
    const readOf = (name: string) => () => {
      read.push(name);
      return right;
    };
    const begin = (name: string) => test.check(name, () => readOf(name));
    expect([begin('a'), begin('b'), begin('a')]).to.deep.equal([true, true, true]);
    const count = test.begunCount;
    begin('c');
    expect(read).to.deep.equal([]);
    test.settle(count);
    expect(read).to.deep.equal(['a', 'b']);
    test.settle();
    expect(read).to.deep.equal(['a', 'b', 'c']);
    expect(discarded).to.deep.equal([]);
    expect(test.report.map(({ tests }) => tests)).to.deep.equal([1, 1, 1]);
  });

  it('void all that was computed since the first use of a kind that fails', async () => {
    const test = new SelfTest(surroundings());
    const warnings = await captureWarnings(() => {
      computed = 3;
      test.check('good', () => () => right);
      computed = 7;
      test.check('bad', () => () => wrong, 5); // it has computed two before it asks
      computed = 9;
      test.check('worse', () => () => wrong);
      test.settle();
    });
    expect(discarded).to.deep.equal([5]);
    expect(warnings).to.have.length(2);
    expect([test.check('good'), test.check('bad'), test.check('worse')]).to.deep.equal([true, false, false]);
  });

  it('are read at once where nothing may be computed before', async () => {
    mayWait = false;
    const test = new SelfTest(surroundings());
    const warnings = await captureWarnings(() => {
      expect(test.check('bad', () => () => wrong)).to.equal(false);
      expect(test.trusts('good', () => () => right)).to.equal(true);
    });
    expect(warnings).to.have.length(1);
    expect(discarded).to.deep.equal([]);
  });

  it('are repeated in idle time where a kind is used again before they are read', () => {
    const test = new SelfTest(surroundings());
    let begun = 0;
    const work = () => {
      begun++;
      return () => right;
    };
    for (let use = 0; use < 50; use++) test.check('a', work);
    expect(begun).to.equal(1);
    test.settle();
    test.testWaiting();
    expect(begun).to.equal(2);
  });

  it('are begun anew after a lost context', () => {
    const test = new SelfTest(surroundings());
    let begun = 0;
    const work = () => {
      begun++;
      return () => right;
    };
    test.check('a', work);
    test.suspend();
    test.resume();
    test.check('a', work);
    expect(begun).to.equal(2);
    test.settle();
    expect(test.report[0].tests).to.equal(1);
  });
});

describe('WebGL2 results of a program that turns out wrong', () => {
  useBackend('convnet-webgl');
  before(() => tf.env().set('CONVNET_SELF_TEST', 'later'));
  after(() => tf.env().set('CONVNET_SELF_TEST', 'first'));

  const shape: [number, number, number, number] = [1, 9, 10, 5];
  const values = valuesIn(shape, 1);
  const filter = valuesIn([3, 3, 5, 6], 2);
  const convolve = (x: tf.Tensor) => {
    return tf.conv2d(x as tf.Tensor4D, tf.tensor(filter, [3, 3, 5, 6]) as tf.Tensor4D, 1, 'same');
  };
  const key = () => {
    const { drawer } = webgl().tensors;
    const { keys } = drawer.noting(() => tf.tidy(() => convolve(tf.tensor4d(values, shape)).dataSync()));
    return keys.find((one) => /tiled\/conv\/conv/.test(one)) as string;
  };

  /** Runs `work` on a device whose convolution is wrong; returns the warnings. */
  const spoilt = (work: () => void | Promise<void>) => {
    const spoiling = { key: key(), target: 0, from: 1 };
    return whileSpoilt(webgl(), spoiling, () => captureWarnings(async () => await work()));
  };

  it('dataSync() throws, and the next call is right', async () => {
    const expected = tf.tidy(() => convolve(tf.tensor4d(values, shape)).dataSync()) as Float32Array;
    const warnings = await spoilt(() => {
      const run = () => tf.tidy(() => convolve(tf.tensor4d(values, shape)).dataSync()) as Float32Array;
      expect(run).to.throw(WrongProgramError, /wrong results.*shape=\[1,9,10,6\]/);
      expectSame('again', run(), expected, 1e-4);
    });
    expect(warnings).to.have.length(1);
  });

  it('data() rejects, of all tensors that wait', async () => {
    await spoilt(async () => {
      const tensors = tf.tidy(() => {
        const y = convolve(tf.tensor4d(values, shape));
        return [y, tf.relu(y), tf.sum(y), tf.slice(y, [0, 1, 1, 0], [1, 2, 2, 6])];
      });
      const results = await Promise.allSettled(tensors.map((tensor) => tensor.data()));
      tf.dispose(tensors);
      for (const result of results) {
        expect(result.status).to.equal('rejected');
        expect((result as PromiseRejectedResult).reason).to.be.instanceOf(WrongProgramError);
      }
    });
  });

  it('dataToGPU() throws', async () => {
    await spoilt(() => {
      const y = tf.tidy(() => convolve(tf.tensor4d(values, shape)));
      expect(() => y.dataToGPU()).to.throw(WrongProgramError);
      y.dispose();
    });
  });

  it('what was computed before stays, and what was uploaded', async () => {
    await spoilt(async () => {
      const [x, other] = [tf.tensor4d(values, shape), tf.tensor4d(values, shape)];
      const before = tf.tidy(() => tf.neg(tf.abs(x)));
      webgl().uploadToGPU(before.dataId);
      const y = tf.tidy(() => convolve(x));
      expect(await y.data().catch((error: Error) => error)).to.be.instanceOf(WrongProgramError);
      expectSame(
        'before',
        before.dataSync() as Float32Array,
        values.map((value) => -Math.abs(value)),
        1e-6,
      );
      expectSame('uploaded', other.dataSync() as Float32Array, values, 0);
      expectSame(
        'used',
        tf.tidy(() => tf.neg(x).dataSync()) as Float32Array,
        values.map((value) => -value),
        1e-6,
      );
      expect(() => tf.tidy(() => tf.neg(y).dataSync())).to.throw(WrongProgramError);
      tf.dispose([x, other, before, y]);
    });
  });

  it('all that was computed since is void, also what does not depend on it', async () => {
    await spoilt(() => {
      const y = tf.tidy(() => convolve(tf.tensor4d(values, shape)));
      const other = tf.tidy(() => tf.sigmoid(throughTiles(tf.tensor4d(values, shape))));
      for (const one of [other, y]) expect(() => one.dataSync()).to.throw(WrongProgramError);
      tf.dispose([y, other]);
    });
  });

  it('is found where nobody reads', async () => {
    const warnings = await spoilt(async () => {
      const y = tf.tidy(() => tf.relu(tf.maxPool(convolve(tf.tensor4d(values, shape)), 2, 1, 'same')));
      for (let i = 0; i < 100 && webgl().selfTest.hasBegun; i++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      y.dispose();
    });
    expect(warnings).to.have.length(1);
  });

  it('leaves no texture and no tensor', async () => {
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const run = async () => {
      const y = tf.tidy(() => tf.sigmoid(convolve(tf.tensor4d(values, shape))));
      const outcome = await y.data().catch((error: Error) => error);
      y.dispose();
      return outcome;
    };
    await run();
    webgl().tensors.matrices.dispose(); // as the spoilt device does
    const before = bytes();
    await spoilt(async () => {
      expect(await run()).to.be.instanceOf(WrongProgramError);
      webgl().tensors.matrices.dispose();
      expect(bytes()).to.equal(before);
    });
  });
});
