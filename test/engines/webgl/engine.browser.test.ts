// The WebGL2 engine around its kernels: 16-bit textures, images beyond the texture limit, the self-test, warmup().

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../src/engines/webgl/backend.js';
import { SelfTest } from '../../../src/engines/webgl/selfTest.js';
import { Untestable } from '../../../src/engines/webgl/testKinds.js';
import { verdictOf } from '../../../src/engines/webgl/testSurroundings.js';
import { backendInfo, warmup } from '../../../src/index.js';
import { useBackend } from '../../support/backends.js';
import { captureWarnings } from '../../support/warnings.js';
import { withFlags } from '../../support/webgl/webglFlags.js';

type Shape4D = [number, number, number, number];

function values(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * seed + 1));
}

function operands(xShape: Shape4D, wShape: Shape4D): [tf.Tensor4D, tf.Tensor4D] {
  const size = (shape: Shape4D) => shape.reduce((a, b) => a * b);
  return [tf.tensor4d(values(size(xShape), 0.7), xShape), tf.tensor4d(values(size(wShape), 0.3), wShape)];
}

/** The largest distance between a convolution on the active backend and on `cpu`. */
async function distance(
  xShape: Shape4D,
  wShape: Shape4D,
  strides: [number, number] = [1, 1],
  pad: 'same' | 'valid' = 'same',
): Promise<number> {
  const compute = () =>
    tf.tidy(() => {
      const [x, w] = operands(xShape, wShape);
      return tf.conv2d(x, w, strides, pad).dataSync() as Float32Array;
    });
  const actual = compute();
  const name = tf.getBackend();
  await tf.setBackend('cpu');
  const expected = compute();
  await tf.setBackend(name);
  return (actual as Float32Array).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}

function expectNear(actual: Float32Array, expected: Float32Array, tolerance = 1e-4): void {
  expect(actual.length).to.equal(expected.length);
  const far = actual.findIndex((value, i) => !(Math.abs(value - expected[i]) <= tolerance));
  if (far >= 0) expect.fail(`value ${far} is ${actual[far]}, expected ${expected[far]}`);
}

describe('WebGL2 engine with 16-bit textures', () => {
  withFlags('convnet-f16', { CONVNET_PRECISION: 'f16' });

  it('says so', () => expect(backendInfo('convnet-f16').features.float32).to.equal(false));

  it('is right to 11 bits', async () => {
    const far = await distance([2, 9, 11, 13], [3, 3, 13, 6]);
    expect(far).to.be.below(0.05).and.above(1e-5); // sums of 117 products below 1; exact would be 32-bit
    expect(await distance([1, 12, 12, 8], [1, 1, 8, 8], [2, 2])).to.be.below(0.01);
  });

  it('takes half the bytes', () => {
    const [x, w] = operands([1, 16, 16, 8], [1, 1, 8, 8]);
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    // converts x and w, and makes the constants that stay
    tf.dispose(tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'valid', activation: 'relu' }));
    const before = bytes();
    const y = tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'valid', activation: 'relu' });
    expect(bytes() - before).to.equal((4 * 2 + 2) * (8 + 1) * 8 * 8); // columns, rows, layers, bytes of a texel
    tf.dispose([x, w, y]);
  });
});

describe('WebGL2 engine beyond the texture limit', () => {
  withFlags('convnet-small', { CONVNET_MAX_TEXTURE_SIZE: 16 });

  const cases: [string, Shape4D, Shape4D, [number, number], 'same' | 'valid'][] = [
    ['rows', [1, 75, 6, 3], [3, 3, 3, 5], [1, 1], 'same'],
    ['columns', [1, 6, 90, 3], [3, 3, 3, 5], [1, 1], 'same'],
    ['rows and columns with strides', [1, 67, 71, 4], [5, 3, 4, 4], [2, 2], 'same'],
    ['valid padding', [1, 67, 31, 4], [4, 4, 4, 4], [3, 1], 'valid'],
    ['the batch', [9, 8, 8, 4], [3, 3, 4, 4], [1, 1], 'same'],
  ];
  for (const [name, xShape, wShape, strides, pad] of cases) {
    it(`cuts ${name}`, async () => {
      const before = tf.memory().numTensors;
      expect(await distance(xShape, wShape, strides, pad)).to.be.below(1e-4);
      expect(tf.memory().numTensors).to.equal(before);
    });
  }

  it('keeps to the limit', () => {
    const { tensors } = tf.backend() as WebglBackend;
    expect(tensors.caps.maxTextureSize).to.equal(16);
  });
});

describe('WebGL2 self-test', () => {
  useBackend('convnet-webgl');

  it('runs when a kernel class is first used and shows in backendInfo()', () => {
    const [x, w] = operands([1, 5, 5, 3], [3, 3, 3, 4]);
    tf.dispose([tf.conv2d(x, w, 1, 'same'), x, w]);
    expect(backendInfo('convnet-webgl').features.selfTest).to.match(/^passed: \d+$/);
  });

  it('switches a class off with one warning', async () => {
    const test = new SelfTest();
    const [right, wrong] = [true, false].map((passed) => ({ passed, difference: passed ? 0 : 0.5 }));
    const warnings = await captureWarnings(() => {
      expect(test.check('tiled/some', () => wrong)).to.equal(false);
      expect(test.check('tiled/some', () => right)).to.equal(false);
      expect(test.check('tiled/throws', () => JSON.parse('{'))).to.equal(false);
      expect(test.check('tiled/other', () => right)).to.equal(true);
    });
    expect(warnings).to.have.length(2);
    expect(warnings[0]).to.include('tiled/some');
    expect(test.summary).to.match(/^failed: tiled\/some \(.*differ.*0\.50.*\), tiled\/throws \(.*JSON.*\)$/);
  });

  it('keeps a class that cannot be tested, and says so', async () => {
    const test = new SelfTest();
    let calls = 0;
    const untestable = () => {
      calls++;
      throw new Untestable('no small problem');
    };
    const warnings = await captureWarnings(() => {
      for (let use = 0; use < 20; use++) expect(test.check('tiled/some', untestable)).to.equal(true);
      expect(test.check('tiled/other', () => ({ passed: true, difference: 0 }))).to.equal(true);
    });
    expect(warnings).to.deep.equal([]);
    expect(calls).to.equal(1);
    expect(test.summary).to.equal('passed: 1, untested: 1');
    expect(test.report[0]).to.include({ kind: 'tiled/some', tests: 0, untested: 'no small problem' });
  });

  /** The result of `run` and the number of its draws in the tiled layout, where every class fails its test. */
  function withAllFailing<T>(run: () => T): { readonly result: T; readonly draws: number } {
    const backend = tf.backend() as WebglBackend;
    const { check, trusts } = backend.selfTest;
    Object.assign(backend.selfTest, { check: () => false, trusts: () => false });
    try {
      const before = backend.counters.draws;
      return { result: run(), draws: backend.counters.draws - before };
    } finally {
      Object.assign(backend.selfTest, { check, trusts });
    }
  }

  it('leads to the next path where a class fails', async () => {
    const compute = () => {
      return tf.tidy(() => {
        const [x, w] = operands([1, 7, 7, 5], [3, 3, 5, 6]);
        return tf.conv2d(x, w, 1, 'same').dataSync() as Float32Array;
      });
    };
    const { result, draws } = withAllFailing(compute);
    expect(draws).to.equal(0);
    expectNear(result, compute());
  });

  const both = ['glsl/tiled/conv/conv', 'glsl/tiled/conv/gradFilter'];
  const ofDepthwise = ['glsl/tiled/depthwise/depthwise', 'glsl/tiled/depthwise/gradDepthwise'];
  const strided = 'glsl/tiled/conv/gradInput'; // without strides it is a convolution itself
  const gradients: [string, (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor, Shape4D, string[]][] = [
    ['a convolution', (x, w) => tf.conv2d(x, w, 1, 'same'), [3, 3, 5, 6], both],
    ['a strided convolution', (x, w) => tf.conv2d(x, w, 2, 'same'), [3, 3, 5, 6], [...both, strided]],
    ['a depthwise convolution', (x, w) => tf.depthwiseConv2d(x, w, 1, 'same'), [3, 3, 5, 1], ofDepthwise],
    [
      'a strided depthwise convolution',
      (x, w) => tf.depthwiseConv2d(x, w, 2, 'same'),
      [3, 3, 5, 1],
      [...ofDepthwise, strided],
    ],
  ];
  for (const [name, run, wShape, kinds] of gradients) {
    it(`tests the gradients of ${name} and leads past those that fail`, () => {
      const compute = () => {
        return tf.tidy(() => {
          const [dx, dw] = tf.grads(run as never)(operands([2, 9, 10, 5], wShape));
          return [dx.dataSync(), dw.dataSync()] as Float32Array[];
        });
      };
      const { check } = (tf.backend() as WebglBackend).selfTest;
      const asked = new Set<string>();
      (tf.backend() as WebglBackend).selfTest.check = function (kernelClass, test) {
        // What moves data on the way is tested too.
        const [kind] = kernelClass.split(' ');
        if (/^glsl.tiled.(conv|depthwise|winograd).(?!packWeights)/.test(kind)) asked.add(kind);
        if (test) expect(verdictOf(test).passed, kernelClass).to.equal(true); // whether or not it has run before
        return check.call(this, kernelClass, test);
      };
      let right: Float32Array[];
      try {
        right = compute();
      } finally {
        (tf.backend() as WebglBackend).selfTest.check = check;
      }
      expect([...asked]).to.have.members(kinds);
      const { result, draws } = withAllFailing(compute);
      expect(draws).to.equal(0);
      result.forEach((values, i) => {
        expectNear(values, right[i]);
      });
    });
  }
});

describe('warmup', () => {
  useBackend('convnet-webgl');

  /** Calls of gl.linkProgram while `run` runs. */
  async function countLinks(run: () => void | Promise<void>): Promise<number> {
    const { prototype } = WebGL2RenderingContext;
    const original = prototype.linkProgram;
    let calls = 0;
    prototype.linkProgram = function (this: WebGL2RenderingContext, program) {
      calls++;
      original.call(this, program);
    };
    try {
      await run();
    } finally {
      prototype.linkProgram = original;
    }
    return calls;
  }

  function smallModel(): tf.LayersModel {
    const model = tf.sequential();
    model.add(tf.layers.conv2d({ inputShape: [11, 13, 3], filters: 5, kernelSize: [4, 2], activation: 'relu' }));
    model.add(tf.layers.depthwiseConv2d({ kernelSize: [2, 4], activation: 'tanh' }));
    model.add(tf.layers.globalAveragePooling2d({}));
    model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
    return model;
  }

  it('compiles what a model needs and changes nothing else', async () => {
    const model = smallModel();
    const x = tf.ones([1, 11, 13, 3]);
    const before = tf.memory().numTensors;
    await warmup(model);
    expect(tf.env().getBool('ENGINE_COMPILE_ONLY')).to.equal(false);
    expect(tf.memory().numTensors).to.equal(before);
    let y: tf.Tensor | undefined;
    const links = await countLinks(() => {
      y = tf.tidy(() => model.predict(x) as tf.Tensor);
      y.dataSync();
    });
    expect(links).to.be.at.most(2); // reading the result is TensorFlow.js's business
    const actual = (y as tf.Tensor).dataSync();
    await tf.setBackend('cpu');
    const expected = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());
    expected.forEach((value, i) => {
      expect(actual[i]).to.be.closeTo(value, 1e-5);
    });
    await tf.setBackend('convnet-webgl');
    tf.dispose([x, y as tf.Tensor]);
    model.dispose();
  });

  it('takes convolutions by their shapes', async () => {
    const before = tf.memory().numTensors;
    await warmup([{ x: [1, 9, 9, 8], filter: [6, 2, 4, 4], dilations: 2 }]);
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('restores everything when the model fails', async () => {
    const broken = { inputs: [{ name: 'x', shape: [null, 3], dtype: 'float32' }], predict: () => JSON.parse('{') };
    let message = '';
    await warmup(broken).catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.include('JSON');
    expect(tf.env().getBool('ENGINE_COMPILE_ONLY')).to.equal(false);
    expect(tf.tidy(() => tf.add(tf.scalar(1), 2).dataSync()[0])).to.equal(3);
  });

  it('asks for what it cannot know', async () => {
    const open = { inputs: [{ name: 'image', shape: [null, null, null, 3], dtype: 'float32' }], predict: () => [] };
    let message = '';
    await warmup(open).catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.include("input='image', shape=[null,null,null,3]");
  });

  for (const name of ['convnet-cpu', 'cpu']) {
    it(`runs a model once on ${name}`, async () => {
      await tf.setBackend(name);
      const model = smallModel();
      const before = tf.memory().numTensors;
      await warmup(model);
      expect(tf.memory().numTensors).to.equal(before);
      model.dispose();
      await tf.setBackend('convnet-webgl');
    });
  }
});
