// First self-tests are drawn at once and read with the next result. What a wrong program has computed meanwhile is
// void: whoever reads it, or computes with it, gets an error; everything else stays.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { WrongProgramError } from '../../../src/engines/webgl/gl/failures.js';
import { SelfTest } from '../../../src/engines/webgl/selfTest.js';
import type { Surroundings } from '../../../src/engines/webgl/testKinds.js';
import { useBackend } from '../../support/backends.js';
import { captureWarnings } from '../../support/warnings.js';
import { expectSame, valuesIn, webgl } from '../../support/webgl/opTable/operands.js';
import { whileSpoilt } from '../../support/webgl/spoilProgram.js';

const right = { passed: true, difference: 0 };
const wrong = { passed: false, difference: 0.5 };

describe('WebGL2 self-tests that are read later', () => {
  let recomputed: number[];
  let computed: number;
  let mayWait: boolean;
  const surroundings = (): Surroundings => ({
    run: (test) => test(),
    mayWait: () => mayWait,
    computed: () => computed,
    recompute: (since) => void recomputed.push(since),
    isSound: () => true,
    settled: () => {},
    whenDrawn: () => new Promise(() => {}),
  });
  beforeEach(() => {
    recomputed = [];
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
    expect(recomputed).to.deep.equal([]);
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
    expect(recomputed).to.deep.equal([5]);
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
    expect(recomputed).to.deep.equal([]);
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

  const shape: [number, number, number, number] = [1, 9, 10, 5];
  const values = valuesIn(shape, 1);
  const filterShape: [number, number, number, number] = [3, 3, 5, 6];
  const filter = valuesIn(filterShape, 2);
  const picture = () => tf.tensor4d(values, shape);
  const convolve = (x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, tf.tensor4d(filter, filterShape), 1, 'same');
  const key = () => {
    const { drawer } = webgl().tensors;
    const { keys } = drawer.noting(() => tf.tidy(() => convolve(picture()).dataSync()));
    return keys.find((one) => /tiled\/conv\/conv/.test(one)) as string;
  };

  /** Runs `work` on a device whose convolution is wrong; there must be one warning. */
  async function spoilt(work: () => void | Promise<void>): Promise<void> {
    const spoiling = { key: key(), target: 0, from: 1 };
    const warnings = await whileSpoilt(webgl(), spoiling, () => captureWarnings(async () => await work()));
    const own = warnings.filter((text) => text.startsWith('convnet')); // TensorFlow.js warns of kernels that read
    expect(own, own.join()).to.have.length(1);
  }

  const counts = () => {
    const { numTensors, numDataBuffers } = tf.memory();
    return { numTensors, numDataBuffers, numDataIds: webgl().numDataIds() };
  };

  type Tensors = () => tf.Tensor[];
  const cases: Readonly<Record<string, Tensors>> = {
    'a convolution': () => [convolve(picture())],
    'what follows': () => {
      const y = convolve(picture());
      return [tf.relu(y), tf.sum(y), tf.neg(tf.abs(y)), tf.maxPool(y as tf.Tensor4D, 2, 1, 'same'), y];
    },
    'slices, which share a texture': () => {
      const y = convolve(picture());
      return [tf.slice(y, [0, 1, 1, 0], [1, 2, 2, 6]), tf.slice(tf.neg(y), [0, 1, 0, 0], [1, 2, 10, 6])];
    },
    'other shapes, which share data': () => {
      const y = convolve(picture());
      const flat = tf.reshape(y, [90, 6]);
      return [flat, tf.add(flat, 1), tf.reshape(tf.transpose(flat), [-1]), tf.clone(y)];
    },
    'complex numbers': () => {
      const y = tf.reshape(convolve(picture()), [90, 6]);
      const z = tf.complex(y, tf.neg(y));
      return [tf.real(z), tf.imag(z), tf.real(tf.mul(z, z))];
    },
    'other dtypes': () => {
      const y = convolve(picture());
      return [tf.cast(tf.mul(y, 100), 'int32'), tf.greater(y, 0.5), tf.argMax(y, 3)];
    },
    'kernels that read values themselves': () => {
      const y = convolve(picture());
      const top = tf.topk(tf.reshape(y, [90, 6]), 2);
      return [top.values, top.indices, tf.unique(tf.round(tf.reshape(y, [-1]))).values];
    },
    'what was given and is gone': () => {
      const x = tf.neg(picture());
      webgl().uploadToGPU(x.dataId);
      const y = convolve(x);
      x.dispose();
      return [y];
    },
    'gradients and variables': () => {
      const w = tf.variable(tf.tensor4d(filter, filterShape));
      for (let step = 0; step < 2; step++) {
        const loss = () => tf.sum(tf.square(tf.conv2d(picture(), w, 1, 'same'))) as tf.Scalar;
        const { grads } = tf.variableGrads(loss, [w]);
        w.assign(tf.sub(w, tf.mul(grads[w.name], 1e-3)));
      }
      const result = tf.clone(w);
      w.dispose();
      return [result];
    },
  };

  for (const [what, run] of Object.entries(cases)) {
    it(`are computed again: ${what}`, async () => {
      const expected = tf.tidy(() => run().map((y) => y.dataSync()));
      const judge = (actual: readonly tf.TypedArray[]) => {
        actual.forEach((one, i) => void expectSame(what, Float32Array.from(one), Float32Array.from(expected[i]), 1e-4));
      };
      const before = counts();
      await spoilt(() => judge(tf.tidy(() => run().map((y) => y.dataSync()))));
      await spoilt(async () => {
        const results = tf.tidy(run);
        judge(await Promise.all(results.map((y) => y.data())));
        judge(results.map((y) => tf.tidy(() => tf.clone(y).dataSync())));
        tf.dispose(results);
      });
      await spoilt(async () => {
        const results = tf.tidy(run);
        const reading = results.map((y) => y.data());
        tf.dispose(results);
        judge(await Promise.all(reading));
      });
      await spoilt(async () => {
        const results = tf.tidy(run);
        const reading = results.map((y) => y.data());
        tf.tidy(() => void tf.neg(tf.clone(results[0])).dataSync()); // computes them again while they are read
        judge(await Promise.all(reading));
        judge(results.map((y) => tf.tidy(() => tf.clone(y).dataSync())));
        tf.dispose(results);
      });
      expect(counts()).to.deep.equal(before);
    });
  }

  it('are right in textures that an app takes', async () => {
    const expected = tf.tidy(() => convolve(picture()).dataSync()) as Float32Array;
    await spoilt(() => {
      const y = tf.tidy(() => convolve(picture()));
      const { texture, texShape, tensorRef } = y.dataToGPU();
      const [height, width] = texShape as [number, number];
      const texels = webgl().gpgpu.downloadMatrixFromPackedTexture(texture as WebGLTexture, height, width);
      expectSame('texture', texels.subarray(0, y.size), expected, 1e-4);
      tf.dispose([y, tensorRef]);
    });
  });

  it('leave what was computed before, and what was uploaded', async () => {
    await spoilt(() => {
      const [x, other] = [picture(), picture()];
      const before = tf.tidy(() => tf.neg(tf.abs(x)));
      webgl().uploadToGPU(before.dataId);
      const y = tf.tidy(() => convolve(x));
      y.dataSync();
      const negative = values.map((value) => -value);
      expectSame(
        'before',
        before.dataSync() as Float32Array,
        values.map((value) => -Math.abs(value)),
        1e-6,
      );
      expectSame('uploaded', other.dataSync() as Float32Array, values, 0);
      expectSame('used', tf.tidy(() => tf.neg(x).dataSync()) as Float32Array, negative, 1e-6);
      tf.dispose([x, other, before, y]);
    });
  });

  it('are found and right where nobody reads', async () => {
    const run = () => tf.tidy(() => tf.relu(tf.maxPool(convolve(picture()) as tf.Tensor4D, 2, 1, 'same')));
    const expected = tf.tidy(() => run().dataSync()) as Float32Array;
    await spoilt(async () => {
      const y = run();
      for (let i = 0; i < 100 && webgl().selfTest.hasBegun; i++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(webgl().selfTest.hasBegun).to.equal(false);
      expectSame('later', y.dataSync() as Float32Array, expected, 1e-4);
      y.dispose();
    });
  });

  it('are right where the picture on the page changes', async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 10, height: 9 });
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    const paint = (color: string) => {
      context.fillStyle = color;
      context.fillRect(0, 0, 10, 9);
    };
    const run = () => {
      const gray = tf.mean(tf.browser.fromPixels(canvas), 2, true);
      return tf.tidy(() => convolve(tf.tile(tf.expandDims(gray), [1, 1, 1, 5])));
    };
    paint('rgb(10, 200, 30)');
    const expected = tf.tidy(() => run().dataSync()) as Float32Array;
    await spoilt(() => {
      const y = tf.tidy(run);
      paint('rgb(255, 0, 0)');
      expectSame('first picture', y.dataSync() as Float32Array, expected, 1e-4);
      y.dispose();
    });
  });

  it('are errors where a kernel of the app has computed with them', async () => {
    const program = {
      variableNames: ['A'],
      outputShape: [1, 9, 10, 6],
      userCode: 'void main() { setOutput(getAAtOutCoords()); }',
    };
    await spoilt(() => {
      const y = tf.tidy(() => convolve(picture()));
      const info = webgl().runWebGLProgram(program, [y], 'float32');
      const own = tf.engine().makeTensorFromTensorInfo(info);
      const next = tf.neg(own);
      for (const one of [next, own]) expect(() => one.dataSync()).to.throw(WrongProgramError, /shape=\[1,9,10,6\]/);
      y.dataSync();
      tf.dispose([y, own, next]);
    });
  });

  it('are read at once after very many calls', async () => {
    await spoilt(() => {
      let y = tf.tidy(() => convolve(picture()));
      for (let i = 0; i < 4200 && webgl().selfTest.hasBegun; i++) {
        const next = tf.tidy(() => tf.reshape(y, i % 2 ? [1, 9, 10, 6] : [90, 6]));
        y.dispose();
        y = next as tf.Tensor4D;
      }
      expect(webgl().selfTest.hasBegun).to.equal(false);
      y.dispose();
    });
  });

  it('leave no texture', async () => {
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const run = async () => {
      const y = tf.tidy(() => tf.sigmoid(convolve(picture())));
      await y.data();
      y.dispose();
    };
    await run();
    webgl().tensors.matrices.dispose(); // as the spoilt device does
    const before = bytes();
    await spoilt(async () => {
      await run();
      webgl().tensors.matrices.dispose();
      expect(bytes()).to.equal(before);
    });
  });
});
