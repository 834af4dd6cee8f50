// tf.memory() against the objects that are really on the GPU; the pool's limit; nothing grows.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { layoutBytes, layoutOf } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { registerConvnet } from '../../../../src/backend/register.js';
import { dimsOf } from '../../../../src/engines/webgl/tensors/tensorStore.js';
import { GlCounter } from '../../../support/webgl/opTable/glObjects.js';
import { draw, expectSame, inTiles, throughTiles, valuesIn, webgl } from '../../../support/webgl/opTable/operands.js';

const name = 'convnet-memory';
const flag = 'CONVNET_TEXTURE_CACHE_MB';

interface GpuMemory {
  readonly numBytesInGPU: number;
  readonly numBytesInGPUAllocated: number;
  readonly numBytesInGPUFree: number;
}

const memory = () => tf.memory() as tf.MemoryInfo & GpuMemory;

/** A backend of its own, all of whose objects on the GPU are counted from the first. */
function useCountedBackend(): { readonly counter: GlCounter } {
  const counted = {} as { counter: GlCounter };
  beforeEach(async () => {
    await tf.setBackend('convnet-webgl'); // makes the context
    counted.counter = new GlCounter(webgl().gl2);
    registerConvnet(name, { device: 'webgl' });
    await tf.setBackend(name);
  });
  afterEach(async () => {
    await tf.setBackend('convnet-webgl');
    tf.removeBackend(name);
    counted.counter.stop();
  });
  return counted;
}

describe('WebGL2 tiled layout: tf.memory()', () => {
  const counted = useCountedBackend();

  function expectTrue(when: string): void {
    const { numBytesInGPUAllocated, numBytesInGPUFree, numBytesInGPU } = memory();
    expect(numBytesInGPUAllocated, `allocated ${when}`).to.equal(counted.counter.now.bytes);
    expect(numBytesInGPUFree, `free ${when}`).to.be.within(0, numBytesInGPUAllocated);
    expect(numBytesInGPU, `used ${when}`).to.be.at.least(0);
  }

  it('agrees with the textures that there are', async () => {
    expectTrue('at first');
    const x = inTiles(valuesIn([2, 5, 7, 6], 1), [2, 5, 7, 6]);
    expectTrue('in the tiled layout');
    const y = tf.tidy(() => tf.softmax(tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, 6, 5]), 2, 'same')));
    expectTrue('after an operation of TensorFlow.js');
    await Promise.all([x.data(), y.data()]);
    expectTrue('after reads');
    tf.dispose(tf.tidy(() => throughTiles(x.reshape([7, 5, 2, 6]))));
    expectTrue('after another shape');
    tf.dispose([x, y]);
    expectTrue('at last');
    const { numBytesInGPUAllocated, numBytesInGPUFree } = memory();
    const { usedBytes } = webgl().tensors.textures; // the zeros that stand for a bias
    expect(numBytesInGPUAllocated - numBytesInGPUFree).to.equal(usedBytes);
    webgl().tensors.textures.trim(0);
    expectTrue('after trim(0)');
  });

  it('counts data in the tiled layout by what their textures hold', () => {
    inTiles(new Float32Array(6), [6]).dispose(); // the zeros that stand for a bias stay
    const before = memory();
    const shape = [2, 5, 7, 6];
    const x = draw(inTiles(valuesIn(shape, 1), shape));
    const bytes = layoutBytes(layoutOf(dimsOf(shape), webgl().tensors.caps.tile));
    expect(memory().numBytesInGPU - before.numBytesInGPU).to.equal(bytes);
    expect(memory().numBytes - before.numBytes).to.equal(2 * 5 * 7 * 6 * 4);
    x.dispose();
    expect(memory().numBytesInGPU).to.equal(before.numBytesInGPU);
  });
});

describe(`WebGL2 tiled layout: ${flag}`, () => {
  const counted = useCountedBackend();
  const before = tf.env().getNumber(flag);
  afterEach(() => tf.env().set(flag, before));

  it('0 keeps nothing', () => {
    tf.env().set(flag, 0);
    for (const shape of [
      [1, 8, 8, 4],
      [2, 5, 7, 6],
      [3, 9],
    ]) {
      draw(inTiles(valuesIn(shape, 1), shape)).dispose();
      expect(webgl().tensors.textures.freeBytes).to.equal(0);
    }
    expect(memory().numBytesInGPUAllocated).to.equal(counted.counter.now.bytes);
  });

  it('releases the least recently used', () => {
    const { textures } = webgl().tensors;
    const { gl2: gl } = webgl();
    textures.trim(0);
    tf.env().set(flag, 1);
    const size = (width: number) => ({ width, height: 64, layers: 4 }); // 96 columns are 0.375 MB
    const [a, b, c] = [94, 95, 96].map((width) => textures.acquire(size(width)));
    for (const texture of [a, b]) textures.release(texture);
    expect(textures.acquire(size(94))).to.equal(a);
    textures.release(a); // used after b
    textures.release(c);
    expect([a, b, c].map(({ handle }) => gl.isTexture(handle))).to.deep.equal([true, false, true]);
    expect([a, b, c].map(({ framebuffer }) => gl.isFramebuffer(framebuffer))).to.deep.equal([true, false, true]);
    expect(textures.freeBytes).to.equal(a.bytes + c.bytes);
    expect(textures.acquire(size(95))).to.not.equal(b);
  });

  it('a texture above the limit is not kept, nor does it drive out the others for nothing', () => {
    const { textures } = webgl().tensors;
    textures.trim(0);
    tf.env().set(flag, 1);
    const small = textures.acquire({ width: 16, height: 16, layers: 4 });
    const large = textures.acquire({ width: 256, height: 128, layers: 4 });
    textures.release(small);
    textures.release(large);
    expect(textures.freeBytes).to.equal(small.bytes);
  });
});

describe('WebGL2 tiled layout: nothing grows', () => {
  const counted = useCountedBackend();
  const state = () => {
    const { usedCount, usedBytes } = webgl().tensors.textures;
    const { numTensors, numDataBuffers, numBytesInGPU, numBytesInGPUAllocated } = memory();
    const tfjs = { numTensors, numDataBuffers, numBytesInGPU, numBytesInGPUAllocated };
    return { ...tfjs, ...counted.counter.now, usedCount, usedBytes, dataIds: webgl().numDataIds() };
  };

  const testAll = () => {
    webgl().selfTest.testWaiting();
    webgl().selfTest.settle();
  };

  /** `step` may take three rounds to fill pools and compile. */
  async function expectSteady(rounds: number, step: (round: number) => Promise<void>, allowed = {}): Promise<void> {
    for (let i = 0; i < 3; i++) await step(i);
    testAll(); // on a busy machine idle time comes later
    const before = state();
    for (let i = 3; i < rounds; i++) await step(i);
    testAll();
    const grown = Object.entries(state()).map(([what, now]) => [what, now - before[what as keyof typeof before]]);
    expect(Object.fromEntries(grown.filter(([, by]) => by !== 0)), 'grown by').to.deep.equal(allowed);
  }

  function makeModel(): tf.Sequential {
    const { conv2d, depthwiseConv2d, batchNormalization, reLU, maxPooling2d, globalAveragePooling2d, dense } =
      tf.layers;
    const layers = [
      conv2d({ inputShape: [12, 12, 3], filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }),
      depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
      batchNormalization(),
      reLU({ maxValue: 6 }),
      conv2d({ filters: 9, kernelSize: 1, activation: 'tanh' }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 5, kernelSize: 3, strides: 2 }),
      globalAveragePooling2d({}),
      dense({ units: 4, activation: 'softmax' }),
    ];
    return tf.sequential({ layers });
  }

  it('in 200 predictions', async () => {
    const model = makeModel();
    let first: Float32Array | undefined;
    await expectSteady(200, async (round) => {
      const y = tf.tidy(() => model.predict(tf.tensor4d(valuesIn([1, 12, 12, 3], 1), [1, 12, 12, 3])) as tf.Tensor);
      const values = (round % 2 === 0 ? await y.data() : y.dataSync()) as Float32Array;
      first ??= values.slice();
      expectSame(`round ${round}`, values, first);
      y.dispose();
    });
    model.dispose();
  });

  it('in 50 steps of training', async () => {
    const model = makeModel();
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    const [x, y] = [
      tf.tensor(valuesIn([2, 12, 12, 3], 1), [2, 12, 12, 3]),
      tf.tensor(valuesIn([2, 4], 2, [0, 1]), [2, 4]),
    ];
    const losses: number[] = [];
    await expectSteady(50, async () => {
      losses.push((await model.trainOnBatch(x, y)) as number);
    });
    expect(losses[49]).to.be.below(losses[0] * 0.9);
    model.dispose();
    tf.dispose([x, y]);
  });

  it('in 20 backends that come and go', async () => {
    const tfjsBuffers = { buffers: 17 }; // one for each, which TensorFlow.js forgets
    await expectSteady(20, passing, tfjsBuffers);

    async function passing() {
      registerConvnet('convnet-passing', { device: 'webgl' });
      await tf.setBackend('convnet-passing');
      tf.dispose(tf.tidy(() => throughTiles(inTiles(valuesIn([1, 3, 5, 6], 1), [1, 3, 5, 6]))));
      await tf.setBackend(name);
      tf.removeBackend('convnet-passing');
    }
  });
});
