// A GPU without memory for a texture, with a program that does not compile, with a framebuffer that is not complete: an
// error that says so, nothing left behind, and the right values as soon as the GPU goes on.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnet } from '../../../../src/index.js';
import { captureWarnings } from '../../../support/warnings.js';
import { GlCounter } from '../../../support/webgl/opTable/glObjects.js';
import { expectSame, valuesIn, webgl } from '../../../support/webgl/opTable/operands.js';
import { removeWithContext } from '../../../support/webgl/ownContexts.js';
import { type Spoiler, spoilFramebuffers, spoilShaders, spoilTextures } from '../../../support/webgl/spoil.js';

const name = 'convnet-failing';
/** For other programs and for the CPU, whose sines and sums differ. */
const tolerance = 1e-3;
const shape: [number, number, number, number] = [1, 13, 11, 5];
const values = valuesIn(shape, 1);
const filter = valuesIn([3, 3, 5, 6], 2);
const weights = valuesIn([24, 7], 3);

/** Convolutions, pooling, resizing, TensorFlow.js's own kernels, gradients: what an app does in a step. */
const work: Readonly<Record<string, () => tf.Tensor>> = {
  'a small network': () => {
    const x = tf.tensor4d(values, shape);
    const y = tf.relu(tf.conv2d(x, tf.tensor4d(filter, [3, 3, 5, 6]), 1, 'same'));
    const z = tf.avgPool(
      tf.add(y, tf.depthwiseConv2d(y as tf.Tensor4D, tf.ones([3, 3, 6, 1]), 1, 'same')) as tf.Tensor4D,
      5,
      5,
      'valid',
    );
    return tf.softmax(tf.matMul(tf.reshape(z, [1, 24]), tf.tensor2d(weights, [24, 7])));
  },
  'kernels of TensorFlow.js': () => {
    const x = tf.tensor4d(values, shape);
    const y = tf.cumsum(
      tf.reverse(
        tf.mirrorPad(
          x,
          [
            [0, 0],
            [1, 1],
            [2, 2],
            [0, 0],
          ],
          'reflect',
        ),
        1,
      ),
      2,
    );
    return tf.matMul(tf.reshape(tf.square(y), [15, 75]), tf.reshape(y, [15, 75]), false, true);
  },
  gradients: () => {
    const w = tf.tensor4d(filter, [3, 3, 5, 6]);
    const loss = (w: tf.Tensor4D) =>
      tf.sum(tf.square(tf.conv2d(tf.tensor4d(values, shape), w, 2, 'same'))) as tf.Scalar;
    return tf.grad(loss as never)(w as never);
  },
  'slices and reshapes': () => {
    const x = tf.square(tf.tensor4d(values, shape));
    const part = tf.slice(x, [0, 2, 0, 0], [1, 5, 11, 5]);
    return tf.transpose(tf.concat([part, tf.slice(x, [0, 8, 0, 0], [1, 5, 11, 5])], 2), [0, 2, 3, 1]);
  },
};

/** What must be as before when an operation has failed. */
function state() {
  const { usedBytes, usedCount } = webgl().tensors.textures;
  const { numBytesInGPU } = tf.memory() as tf.MemoryInfo & { numBytesInGPU: number };
  const used = webgl().getTextureManager().getNumUsedTextures();
  return { usedBytes, usedCount, numBytesInGPU, used, dataIds: webgl().numDataIds(), tensors: tf.memory().numTensors };
}

/** The values, or the error. */
function attempt(run: () => tf.Tensor): Float32Array | Error {
  try {
    return tf.tidy(() => run().dataSync().slice() as unknown as tf.Tensor) as unknown as Float32Array;
  } catch (error) {
    disposeTape();
    return error as Error;
  }
}

/** Where a backward pass throws, TensorFlow.js's core forgets to dispose of what the forward pass has saved for it. */
function disposeTape(): void {
  const state = tf.engine().state as unknown as { activeTape?: { saved?: tf.Tensor[] }[] | null };
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
  state.activeTape = null;
}

describe('WebGL2: a GPU that refuses', () => {
  let expected: Record<string, Float32Array>;
  let spoiler: Spoiler | undefined;
  const flag = 'CONVNET_ON_FAILURE';

  before(async () => {
    await tf.setBackend('cpu');
    expected = Object.fromEntries(Object.entries(work).map(([what, run]) => [what, attempt(run) as Float32Array]));
    registerConvnet(name, { canvas: document.createElement('canvas') });
    expect(await tf.setBackend(name)).to.equal(true);
    for (const [what, run] of Object.entries(work)) {
      const own = attempt(run) as Float32Array;
      expectSame(what, own, expected[what], 1e-3);
      expected[what] = own; // from here on the bits must be the same
    }
  });
  afterEach(() => {
    spoiler?.stop();
    spoiler = undefined;
    tf.env().set(flag, 'error');
  });
  after(async () => {
    await tf.setBackend('cpu');
    removeWithContext(name);
  });

  /** Fails at every place where it can; `prepare` empties caches. */
  function everyPlace(
    what: string,
    spoil: (fails: (n: number) => boolean) => Spoiler,
    prepare: () => void,
    check: (result: Float32Array | Error, n: number) => void,
  ): void {
    const run = work[what];
    let n = 0;
    for (let isReached = true; isReached; n++) {
      prepare();
      const before = state();
      spoiler = spoil((call) => call >= n);
      const result = attempt(run);
      isReached = spoiler.calls > n;
      spoiler.stop();
      if (isReached) check(result, n);
      expect(JSON.stringify(state()), `left behind by failure ${n}: ${result}`).to.equal(JSON.stringify(before));
      expectSame(`after failure ${n}`, attempt(run) as Float32Array, expected[what], tolerance);
      expect(state(), `left behind after failure ${n}`).to.deep.equal(before);
    }
    expect(n, 'places').to.be.greaterThan(3);
  }

  const forgetTextures = () => webgl().tensors.textures.trim(0);

  for (const what of Object.keys(work)) {
    it(`${what}: textures that cannot be allocated`, () => {
      const spoil = (fails: (n: number) => boolean) => spoilTextures(webgl().gl2, fails);
      everyPlace(what, spoil, forgetTextures, (result, n) => {
        expect(result, `failure ${n}`).to.be.instanceOf(Error);
        const { message } = result as Error;
        expect(message).to.match(
          /^convnet: a texture must fit into the memory of the GPU; received width=\d+, height=\d+/,
        );
        expect(message).to.match(/problem='INVALID_VALUE'\. .*CONVNET_ON_FAILURE/);
      });
    });
  }

  for (const what of ['a small network', 'kernels of TensorFlow.js']) {
    it(`${what}: framebuffers that are not complete`, () => {
      const spoil = (fails: (n: number) => boolean) => spoilFramebuffers(webgl().gl2, fails);
      forgetTextures();
      const before = state();
      spoiler = spoil(() => true);
      const result = attempt(work[what]);
      spoiler.stop();
      expect((result as Error).message).to.match(
        /must fit into the memory of the GPU.*problem='incomplete framebuffer/,
      );
      expect(state()).to.deep.equal(before);
      expectSame('afterwards', attempt(work[what]) as Float32Array, expected[what], tolerance);
    });
  }

  it('a texture that fails once is made after all that wait have been freed', () => {
    forgetTextures();
    attempt(work.gradients);
    const waiting = webgl().tensors.textures.budget.bytes;
    expect(waiting).to.be.greaterThan(0);
    const { gl2 } = webgl();
    spoiler = spoilTextures(gl2, (n) => n === 0);
    expectSame(
      'at once',
      attempt(work['slices and reshapes']) as Float32Array,
      expected['slices and reshapes'],
      tolerance,
    );
    expect(spoiler.calls).to.be.greaterThan(1);
    expect(gl2.getError(), 'errors left').to.equal(gl2.NO_ERROR);
  });

  it('an error that other code has left in the context is not taken for a failure', () => {
    forgetTextures();
    const { gl2 } = webgl();
    gl2.enable(0);
    expectSame('y', attempt(work.gradients) as Float32Array, expected.gradients, tolerance);
  });

  it('programs that do not compile', async () => {
    // Programs are kept by context, so each place needs a new one.
    const runs = Object.entries(work).filter(([what]) => what !== 'gradients');
    const { error, log } = console;
    console.error = console.log = () => {}; // TensorFlow.js prints sources
    try {
      const warnings = await captureWarnings(async () => {
        for (const [what, run] of runs) {
          for (const n of [1, 2, 3, 5]) {
            const own = `convnet-shader-${n}`;
            registerConvnet(own, { canvas: new OffscreenCanvas(1, 1) });
            await tf.setBackend(own);
            const spoiled = spoilShaders(webgl().gl2, (call) => call >= n);
            const before = state();
            const result = attempt(run);
            spoiled.stop();
            expect(spoiled.calls, 'programs').to.be.greaterThan(n);
            // Convolutions have other programs to take: with those of one kind broken the result is right.
            if (result instanceof Error) expect(result.message).to.match(/the shader must compile; received/);
            else expectSame(`${what} without program ${n}`, result, expected[what], tolerance);
            expect(state().dataIds, 'data left behind').to.equal(before.dataIds);
            expectSame(`${what} after program ${n}`, attempt(run) as Float32Array, expected[what], tolerance);
            await tf.setBackend(name);
            removeWithContext(own);
          }
        }
      });
      for (const warning of warnings) expect(warning).to.match(/^convnet: .* is not used/);
    } finally {
      Object.assign(console, { error, log });
    }
  });

  for (const what of Object.keys(work)) {
    it(`${what}: with ${flag}=cpu the CPU engine takes over`, async () => {
      tf.env().set(flag, 'cpu');
      const spoil = (fails: (n: number) => boolean) => spoilTextures(webgl().gl2, fails);
      const warnings = await captureWarnings(() => {
        everyPlace(what, spoil, forgetTextures, (result, n) => {
          // To read what is in a texture of TensorFlow.js needs another one.
          if (result instanceof Error) expect(result.message).to.match(/must fit into the memory/);
          else expectSame(`failure ${n}`, result, expected[what], tolerance);
        });
      });
      expect(warnings.length).to.be.at.most(1);
    });
  }

  it('tf.browser.fromPixels and dataToGPU leave nothing either', async () => {
    const pixels = { width: 3, height: 2, data: new Uint8Array(24).fill(7) };
    const x = tf.tensor4d(values, shape);
    for (const run of [() => tf.browser.fromPixels(pixels), () => tf.tanh(x).dataToGPU().tensorRef]) {
      attempt(run);
      forgetTextures();
      const before = state();
      spoiler = spoilTextures(webgl().gl2, () => true);
      const result = attempt(run);
      spoiler.stop();
      expect(result).to.be.instanceOf(Error);
      expect(state()).to.deep.equal(before);
    }
    x.dispose();
  });
});

describe('WebGL2: CONVNET_TEXTURE_CACHE_MB bounds the textures of inherited kernels too', () => {
  const flag = 'CONVNET_TEXTURE_CACHE_MB';
  const own = 'convnet-bounded';
  let counter: GlCounter;
  const limit = tf.env().getNumber(flag);

  before(async () => {
    registerConvnet(own, { canvas: document.createElement('canvas') });
    await tf.setBackend(own);
    counter = new GlCounter(webgl().gl2);
  });
  after(async () => {
    counter.stop();
    tf.env().set(flag, limit);
    await tf.setBackend('cpu');
    removeWithContext(own);
  });

  it('over 40 shapes', () => {
    tf.env().set(flag, 2);
    const memory = () => tf.memory() as tf.MemoryInfo & { numBytesInGPUAllocated: number; numBytesInGPUFree: number };
    let most = 0;
    for (let i = 0; i < 40; i++) {
      const side = 40 + 3 * i;
      const x = tf.tensor4d(valuesIn([1, side, side, 3], i), [1, side, side, 3]);
      const y = tf.tidy(() =>
        tf.sum(tf.reverse(tf.conv2d(tf.sin(x) as tf.Tensor4D, tf.ones([3, 3, 3, 4]), 1, 'same'), 1)).dataSync(),
      );
      expect(y).to.have.length(1);
      x.dispose();
      most = Math.max(most, memory().numBytesInGPUFree);
      expect(memory().numBytesInGPUFree, `after shape ${i}`).to.be.at.most(2 * 2 ** 20);
      expect(counter.now.bytes, 'as the context has it').to.equal(memory().numBytesInGPUAllocated);
    }
    expect(most, 'the budget is used').to.be.greaterThan(2 ** 20);
  });
});
