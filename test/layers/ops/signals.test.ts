// Fourier transforms of lengths that take other ways, complex tensors, random transforms, and gradients of operations that
// are made of gathers.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json } from '../../../src/core/json.js';
import { tableBackends, useBackend, valuesOf } from '../../support/backends.js';
import { valuesOf as inputs } from '../../support/layers/opGoldens.js';
import { input, opLayer, runOp } from '../../support/layers/opLayers.js';

/** The transform by its definition, in float64. */
function slowFourier(re: ArrayLike<number>): [number[], number[]] {
  const n = re.length;
  const sums = (f: (angle: number) => number) =>
    Array.from({ length: n }, (_, k) =>
      Array.from(re).reduce((sum, value, j) => sum + value * f((-2 * Math.PI * ((j * k) % n)) / n), 0),
    );
  return [sums(Math.cos), sums(Math.sin)];
}

for (const backend of tableBackends) {
  describe(`signals and pictures of keras.ops, ${backend}`, () => {
    useBackend(backend);

    // A product of small numbers, a prime, and a prime that goes through a power of 2.
    for (const n of [360, 131, 1031]) {
      it(`transforms ${n} values, and back`, () => {
        const [x, re, im, back] = valuesOf(() => {
          const signal = inputs('signed', [1, n], 0);
          const [a, b] = runOp('RFFT', [signal]);
          const layer = opLayer('IRFFT', { fft_length: n }, [[input(0), input(1)]]);
          return [signal, a, b, layer.call([a, b]) as tf.Tensor];
        });
        const [wantedRe, wantedIm] = slowFourier(x);
        const largest = Math.max(...wantedRe.map(Math.abs), ...wantedIm.map(Math.abs));
        re.forEach((value, k) => {
          expect(value, `real ${k}`).to.be.closeTo(wantedRe[k], 1e-5 * largest);
          expect(im[k], `imaginary ${k}`).to.be.closeTo(wantedIm[k], 1e-5 * largest);
        });
        back.forEach((value, j) => {
          expect(value, `back ${j}`).to.be.closeTo(x[j], 2e-5);
        });
      });
    }

    // On WebGL2 the parts of a complex tensor stay behind.
    const itOnCpu = backend === 'convnet-webgl' ? it.skip : it;

    itOnCpu('views pairs as complex numbers, and back', () => {
      const [real, imag, angle, pairs] = valuesOf(() => {
        const [z] = runOp('ViewAsComplex', [tf.tensor2d([3, 4, 0, -2], [2, 2])]);
        const [conjugate] = runOp('Conj', [z]);
        return [...['Real', 'Imag', 'Angle'].map((name) => runOp(name, [z])[0]), runOp('ViewAsReal', [conjugate])[0]];
      });
      expect([...real]).to.deep.equal([3, 0]);
      expect([...imag]).to.deep.equal([4, -2]);
      expect(angle[0]).to.be.closeTo(Math.atan2(4, 3), 1e-6);
      expect([...pairs]).to.deep.equal([3, -4, 0, 2]);
    });

    itOnCpu('makes complex numbers of size and angle, and refuses them elsewhere', () => {
      const [imag] = valuesOf(() => {
        const [z] = runOp('Polar', [tf.tensor1d([2]), tf.tensor1d([Math.PI / 2])]);
        expect(() => runOp('Exp', [z])).to.throw(/complex numbers are not supported/);
        return runOp('Imag', [z])[0];
      });
      expect(imag[0]).to.be.closeTo(2, 1e-5);
    });

    it('moves pixels at random, within the picture', () => {
      const [same, moved] = valuesOf(() => {
        const image = inputs('positive', [1, 6, 6, 2], 0);
        return [
          tf.sub(runOp('ElasticTransform', [image], { alpha: 0, sigma: 1 })[0], image),
          runOp('ElasticTransform', [image], { alpha: 3, sigma: 1 })[0],
        ];
      });
      expect(Math.max(...same.map(Math.abs))).to.be.below(1e-6);
      const [image] = valuesOf(() => inputs('positive', [1, 6, 6, 2], 0));
      expect(moved.some((value, i) => Math.abs(value - image[i]) > 0.01)).to.equal(true);
      expect(Math.max(...moved)).to.be.at.most(Math.max(...image) + 1e-5);
    });

    it('partitions', () => {
      const [order] = valuesOf(() => runOp('Argpartition', [tf.tensor1d([5, 1, 4, 2])], { kth: 1, axis: -1 })[0]);
      expect([...order].slice(0, 2).sort()).to.deep.equal([1, 3]);
    });

    const picture = (...config: [string, object, Json?]) => config;
    const gradients = [
      picture('Sort', { axis: 2 }),
      picture('TopK', { k: 2 }),
      picture('Median', { axis: 1 }),
      picture('Quantile', { axis: 2 }, [input(0), 0.3]),
      picture('SegmentSum', { num_segments: 2 }, [input(0), [0]]),
      picture('SegmentMax', { num_segments: 1 }, [input(0), [0]]),
      picture('ScatterUpdate', { reduction: 'add' }, [input(0), [[0, 1, 0]], [2.5]]),
      picture('SliceUpdate', {}, [input(0), [0, 1, 1], [[[4]]]]),
      picture('FFT', {}, [[input(0), input(0)]]),
      picture('STFT', { sequence_length: 2, sequence_stride: 1, fft_length: 2, window: 'hann', center: false }),
      picture('ExtractSequences', { sequence_length: 2, sequence_stride: 1 }),
      picture('NanToNum', {}),
      picture('Cross', { axis: -1 }, [input(0), [1, 2, 3]]),
      picture('MapCoordinates', { order: 1 }, [
        [
          [1.5, 2, 3],
          [4, 7, 9],
        ],
        input(0),
      ]),
      picture('BinaryCrossentropy', { from_logits: true }, [input(0), input(0)]),
      picture('CTCLoss', {}, [[[1, 2]], input(0), [2], [2]]),
      picture('Tril', {}),
      picture('Cumprod', { axis: 2 }),
      picture('Where', {}, [{ __input__: 0 }, input(0), 2]),
      picture('Erfinv', {}, [input(0)]),
      picture('I0', {}),
    ];
    for (const [className, config, args] of gradients) {
      it(`has the gradient of ${className}`, () => {
        const data = className === 'MapCoordinates' ? [0.2, 0.45, 1.4, 0.7] : [0.3, -0.7, 0.62, 0.9, -0.4, 0.16];
        const shape: [number, number, number] = className === 'MapCoordinates' ? [2, 2, 1] : [1, 2, 3];
        const loss = (t: tf.Tensor) => {
          const outputs = [opLayer(className, config as Json, args ?? [input(0)]).call(t)].flat();
          const floats = outputs.filter(({ dtype }) => dtype === 'float32');
          return tf.addN(
            floats.map((y) => tf.sum(tf.mul(y, tf.reshape(tf.range(1, y.size + 1), y.shape)))),
          ) as tf.Scalar;
        };
        const at = (values: number[]) => valuesOf(() => loss(tf.tensor3d(values, shape)))[0][0];
        const [found] = valuesOf(() => tf.grad(loss)(tf.tensor3d(data, shape)));
        data.forEach((_, i) => {
          const moved = (by: number) => at(data.map((value, j) => (i === j ? value + by : value)));
          const wanted = (moved(1 / 128) - moved(-1 / 128)) * 64;
          expect(found[i], `entry ${i}`).to.be.closeTo(wanted, 0.02 * Math.max(1, Math.abs(wanted)));
        });
      });
    }

    it('refuses operations with Python functions by what they are', () => {
      expect(() => opLayer('Map')).to.throw(/calls Python functions, which are never run/);
    });
  });
}
