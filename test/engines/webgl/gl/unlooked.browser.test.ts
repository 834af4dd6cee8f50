// New textures that are looked at with the results. Wherever storage fails in a first prediction, once or for good, the
// result is right or an error, never zeros, and the next one is right.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { UnlookedTextures } from '../../../../src/engines/webgl/gl/unlooked.js';
import { registerConvnet } from '../../../../src/index.js';
import { captureWarnings } from '../../../support/warnings.js';
import { expectSame, valuesIn, webgl } from '../../../support/webgl/opTable/operands.js';
import { removeWithContext } from '../../../support/webgl/ownContexts.js';
import { spoilTextures } from '../../../support/webgl/spoil.js';
import { forgetTests } from '../../../support/webgl/spoilProgram.js';

const name = 'convnet-unlooked';
const shape: [number, number, number, number] = [1, 13, 11, 5];
const values = valuesIn(shape, 1);
const filter = valuesIn([3, 3, 5, 6], 2);
const weights = valuesIn([24, 7], 3);

/** What a network does first: convolutions that join what follows, pooling, products. */
function network(): tf.Tensor {
  const x = tf.tensor4d(values, shape);
  const y = tf.relu(tf.conv2d(x, tf.tensor4d(filter, [3, 3, 5, 6]), 1, 'same'));
  const z = tf.depthwiseConv2d(y as tf.Tensor4D, tf.ones([3, 3, 6, 1]), 1, 'same');
  const pooled = tf.avgPool(tf.add(y, z) as tf.Tensor4D, 5, 5, 'valid');
  return tf.softmax(tf.matMul(tf.reshape(pooled, [1, 24]), tf.tensor2d(weights, [24, 7])));
}

describe('WebGL2 textures that are looked at later', () => {
  let expected: Float32Array;
  before(async () => {
    registerConvnet(name, { canvas: document.createElement('canvas') });
    expect(await tf.setBackend(name)).to.equal(true);
    expected = tf.tidy(() => network().dataSync().slice()) as Float32Array;
  });
  after(async () => {
    await tf.setBackend('cpu');
    removeWithContext(name);
  });

  /** As a backend that has computed nothing and refused nothing. */
  function begin(): void {
    const { textures, matrices } = webgl().tensors;
    forgetTests(webgl());
    matrices.dispose();
    textures.trim(0);
    const { calls } = webgl();
    const unlooked = Object.assign(new UnlookedTextures(), { canRepeat: () => calls.isNoting }); // as on a context of ours
    Object.assign(textures.budget, { unlooked });
  }

  async function run(): Promise<Float32Array | Error> {
    try {
      const y = tf.tidy(network);
      try {
        return (await y.data()) as Float32Array;
      } finally {
        y.dispose();
      }
    } catch (error) {
      return error as Error;
    }
  }

  const state = () => {
    const { numTensors, numDataBuffers, numBytesInGPU } = tf.memory() as tf.MemoryInfo & { numBytesInGPU: number };
    const { usedBytes, usedCount } = webgl().tensors.textures;
    return { usedBytes, usedCount, numBytesInGPU, numTensors, numDataBuffers, dataIds: webgl().numDataIds() };
  };

  it('a first prediction asks the driver for errors where it reads its result, and at conversions', async () => {
    begin();
    const { gl2 } = webgl();
    let [asked, made] = [0, 0];
    const [getError, texStorage3D] = [gl2.getError, gl2.texStorage3D];
    gl2.getError = () => {
      asked++;
      return getError.call(gl2);
    };
    gl2.texStorage3D = (...args: Parameters<typeof texStorage3D>) => {
      made++;
      texStorage3D.apply(gl2, args);
    };
    try {
      expectSame('first', (await run()) as Float32Array, expected, 1e-5);
    } finally {
      Object.assign(gl2, { getError, texStorage3D });
    }
    expect(asked).to.be.lessThan(made / 2);
  });

  for (const [how, isOnce] of [
    ['once', true],
    ['from then on', false],
  ] as const) {
    it(`storage that fails ${how}: a right result or an error, and the next is right`, async () => {
      let [isReached, refused] = [true, 0];
      for (let n = 0; isReached; n++) {
        begin();
        const spoiler = spoilTextures(webgl().gl2, (call) => (isOnce ? call === n : call >= n));
        let result: Float32Array | Error = expected;
        try {
          const warnings = await captureWarnings(async () => {
            result = await run();
            webgl().selfTest.settle();
          });
          expect(warnings, `place ${n}: no program is to blame`).to.deep.equal([]);
        } finally {
          spoiler.stop();
        }
        isReached = spoiler.calls > n;
        if ((result as Float32Array | Error) instanceof Error) {
          refused++;
          expect(String(result), `place ${n}`).to.match(/must fit into the memory of the GPU/);
        } else {
          expectSame(`place ${n}`, result, expected, 1e-5);
        }
        const next = await run();
        expectSame(`after place ${n}`, next as Float32Array, expected, 1e-5);
        const before = state();
        await run();
        expect(state(), `after place ${n}`).to.deep.equal(before);
      }
      if (isOnce) expect(refused, 'errors where storage fails once').to.equal(0);
      else expect(refused).to.be.greaterThan(5);
    });
  }

  it('a context of the app is asked for each texture, one of ours is not', () => {
    registerConvnet(`${name}-own`, { canvas: document.createElement('canvas') });
    const canRepeat = (backend: string) => {
      const { calls, tensors } = tf.findBackend(backend) as WebglBackend;
      Object.defineProperty(calls, 'isNoting', { value: true, configurable: true });
      try {
        return tensors.textures.budget.unlooked.canRepeat();
      } finally {
        Reflect.deleteProperty(calls, 'isNoting');
      }
    };
    expect([canRepeat(`${name}-own`), canRepeat('convnet-webgl')]).to.deep.equal([false, true]);
    removeWithContext(`${name}-own`);
  });
});
