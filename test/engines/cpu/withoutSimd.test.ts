// The CPU engine without WebAssembly SIMD, and with subnormal numbers, infinities and NaN.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../../src/backend/cpu.js';
import { backendInfo } from '../../../src/index.js';
import { useBackend } from '../../support/backends.js';
import { cpuVariants } from '../../support/cpu/cpuVariants.js';
import { randomValues } from '../../support/randomCases.js';
import { captureWarnings } from '../../support/warnings.js';

describe('an engine without WebAssembly SIMD', () => {
  const name = 'convnet-cpu-bare';
  const scope = globalThis as { WebAssembly?: unknown };
  const { WebAssembly: original } = scope;
  const cases = {
    'no WebAssembly': undefined,
    'a policy that forbids to compile': {
      validate: () => true,
      Module: class {
        constructor() {
          throw new EvalError('refused by the policy');
        }
      },
    },
    'an engine that refuses vectors': { validate: () => false },
  };
  afterEach(async () => {
    scope.WebAssembly = original;
    await tf.setBackend('cpu');
    tf.removeBackend(name);
  });

  for (const [title, fake] of Object.entries(cases)) {
    it(`${title}: plain loops, one warning`, async () => {
      registerConvnetCpu(name, { simd: 'auto' });
      scope.WebAssembly = fake;
      const warnings = await captureWarnings(async () => {
        expect(await tf.setBackend(name)).to.equal(true);
        const y = tf.tidy(() =>
          tf.conv2d(tf.ones([1, 4, 4, 2]) as tf.Tensor4D, tf.ones([3, 3, 2, 5]), 1, 'valid').dataSync(),
        );
        expect([...new Set(y)]).to.deep.equal([18]);
      });
      expect(warnings.length).to.equal(1);
      expect(warnings[0]).to.match(/^convnet-cpu-bare: WebAssembly SIMD is not available here .*'wasm-unsafe-eval'/);
      expect(backendInfo(name).features.simd).to.equal(false);
    });
  }
});

for (const backend of ['convnet-cpu', ...cpuVariants]) {
  describe(`unusual numbers on ${backend}`, () => {
    useBackend(backend);
    const shape: [number, number, number, number] = [1, 9, 9, 16];
    const layers: Record<string, (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor> = {
      '3x3': (x, w) => tf.conv2d(x, w, 1, 'same'),
      '3x3, stride 2': (x, w) => tf.conv2d(x, w, 2, 'same'),
      'depthwise 3x3': (x, w) => tf.depthwiseConv2d(x, tf.slice(w, [0, 0, 0, 0], [3, 3, 16, 1]), 1, 'same'),
      '1x1': (x, w) => tf.conv2d(x, tf.slice(w, [0, 0, 0, 0], [1, 1, 16, 16]), 1, 'same'),
    };

    for (const [title, layer] of Object.entries(layers)) {
      it(`${title}: subnormal weights count as zero or as their value`, () => {
        tf.tidy(() => {
          const x = tf.tensor4d(randomValues(9 * 9 * 16, 1), shape);
          const w = tf.fill([3, 3, 16, 16], 1e-40) as tf.Tensor4D;
          for (const value of layer(x, w).dataSync()) expect(Math.abs(value)).to.be.lessThan(1e-37);
        });
      });

      for (const [odd, isThere] of [
        [Number.NaN, (value: number) => Number.isNaN(value)],
        [Number.POSITIVE_INFINITY, (value: number) => !Number.isFinite(value)],
      ] as const) {
        it(`${title}: ${odd} in the image reaches every output that reads it, and none far from it`, () => {
          tf.tidy(() => {
            const values = randomValues(9 * 9 * 16, 2).map((value) => value + 2);
            values[(4 * 9 + 4) * 16 + 3] = odd;
            const w = tf.fill([3, 3, 16, 16], 0.5) as tf.Tensor4D;
            const y = layer(tf.tensor4d(values, shape), w);
            const [, height, width, channels] = y.shape as [number, number, number, number];
            const stride = Math.round(9 / height);
            const data = y.dataSync();
            const isDepthwise = title.startsWith('depthwise');
            const reach = title === '1x1' ? 0 : 1;
            const at = (oy: number, ox: number, c: number) => data[(oy * width + ox) * channels + c];
            for (let oy = 0; oy < height; oy++) {
              for (let ox = 0; ox < width; ox++) {
                const distance = Math.max(Math.abs(oy * stride - 4), Math.abs(ox * stride - 4));
                const value = at(oy, ox, 3);
                if (distance <= reach) expect(isThere(value), `(${oy}, ${ox}) is ${value}`).to.equal(true);
                // All outputs of a 4x4 Winograd tile depend on all of its inputs.
                else if (distance > 6) expect(Number.isFinite(value), `(${oy}, ${ox}) is ${value}`).to.equal(true);
                if (isDepthwise) expect(Number.isFinite(at(oy, ox, 2)), 'another channel').to.equal(true);
              }
            }
          });
        });
      }
    }
  });
}

for (const backend of ['convnet-cpu', 'convnet-cpu-unshared']) {
  it(`${backend}: the heap grows in the middle of a network, and nothing is lost`, async () => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const image = randomValues(3 * 200 * 160 * 3, 1);
      const x = tf.tensor4d(image, [3, 200, 160, 3]);
      const [a, b] = [
        tf.tensor4d(randomValues(9 * 3 * 32, 2), [3, 3, 3, 32]),
        tf.tensor4d(randomValues(9 * 32 * 4, 3), [3, 3, 32, 4]),
      ];
      const run = (input: tf.Tensor4D) => {
        const wide = tf.relu(tf.conv2d(input, a, 1, 'same')); // 12 MB, and the same again for each step
        const inherited = tf.floorDiv(tf.ones(wide.shape), tf.ones(wide.shape)); // an official kernel, on views
        return tf.conv2d(tf.mul(wide, inherited) as tf.Tensor4D, b, 1, 'same');
      };
      const all = run(x).dataSync();
      const last = run(tf.slice(x, [2, 0, 0, 0], [1, 200, 160, 3])).dataSync();
      expect(last).to.deep.equal(all.slice(2 * last.length));
      expect(x.dataSync()).to.deep.equal(image);
    });
    expect(tf.memory().numTensors).to.equal(before);
  });
}
