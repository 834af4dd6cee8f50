// Complex tensors: Fourier transforms beside sums in float64, and kernels that change shapes.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { randomValues } from '../../../support/randomCases.js';

function transformed(re: ArrayLike<number>, im: ArrayLike<number>, direction: -1 | 1): [number[], number[]] {
  const n = re.length;
  const sums = Array.from({ length: n }, (_, k) => {
    let [sumRe, sumIm] = [0, 0];
    for (let j = 0; j < n; j++) {
      const angle = (direction * 2 * Math.PI * ((j * k) % n)) / n;
      sumRe += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
      sumIm += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
    }
    return direction === 1 ? ([sumRe / n, sumIm / n] as const) : ([sumRe, sumIm] as const);
  });
  return [sums.map(([real]) => real), sums.map(([, imag]) => imag)];
}

/** Root mean square of the error over that of the values. */
function relativeError(actual: ArrayLike<number>, exact: readonly number[]): number {
  const square = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(square(exact.map((value, i) => actual[i] - value)) / square(exact));
}

// Without the check for what is left behind: TensorFlow.js's engine goes on counting the parts of complex tensors.
describe('WebGL2 ops: complex tensors', () => {
  before(() => tf.setBackend('convnet-webgl'));

  for (const n of [1, 2, 7, 8, 1000, 2048]) {
    for (const [name, run, direction] of [
      ['fft', tf.fft, -1],
      ['ifft', tf.ifft, 1],
    ] as const) {
      // biome-ignore format: one row
      it(`${name} of ${n} values`, () => {
        const [re, im] = [randomValues(3 * n, 1), randomValues(3 * n, 2)];
        const [real, imag] = tf.tidy(() => {
          const y = run(tf.complex(tf.tensor(re, [3, n]), tf.tensor(im, [3, n])));
          expect(y.shape).to.deep.equal([3, n]);
          return [tf.real(y).dataSync(), tf.imag(y).dataSync()];
        });
        for (const row of [0, 2]) {
          const rowOf = (all: Float32Array) => all.subarray(row * n, (row + 1) * n);
          const exact = transformed(rowOf(re), rowOf(im), direction);
          const both = [...rowOf(real as Float32Array), ...rowOf(imag as Float32Array)];
          expect(relativeError(both, exact.flat()), `row ${row}`).to.be.below(2e-6);
        }
      });
    }
  }

  const numbers = tf.util.createShuffledIndices(12);
  const complex = () => tf.complex(tf.tensor2d([...numbers], [4, 3]), tf.tensor2d([...numbers].reverse(), [4, 3]));
  const shapers: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    reshape: (x) => x.reshape([2, 6]),
    expandDims: (x) => x.expandDims(1),
    slice: (x) => tf.slice(x, [1, 1], [2, 2]),
    split: (x) => tf.split(x, [1, 3])[1],
    stack: (x) => tf.stack([x, x], 1),
    unstack: (x) => tf.unstack(x, 1)[2],
  };
  for (const [name, run] of Object.entries(shapers)) {
    it(`${name} does to a complex tensor what it does to its parts`, () => {
      tf.tidy(() => {
        const y = run(complex());
        for (const part of [tf.real, tf.imag]) {
          const [actual, exact] = [part(y), run(part(complex()))];
          expect(actual.shape).to.deep.equal(exact.shape);
          expect(actual.shape).to.deep.equal(y.shape);
          expect([...actual.dataSync()]).to.deep.equal([...exact.dataSync()]);
        }
      });
    });
  }

  it('lengths of complex numbers with NaN, infinities, zeros and numbers whose squares overflow', () => {
    const { NaN: none, POSITIVE_INFINITY: infinity } = Number;
    const pairs = [[3, 4], [none, 0], [0, none], [none, infinity], [-infinity, 1], [infinity, -infinity], [0, -0], [3e30, 4e30]]; // biome-ignore format: one row
    const [re, im] = [0, 1].map((part) => pairs.map((pair) => pair[part]));
    for (const shape of [[8], [2, 4], [2, 0]]) {
      const size = tf.util.sizeFromShape(shape);
      const lengths = tf.tidy(() => {
        const parts = [re, im].map((values) => tf.tensor(values.slice(0, size), shape));
        const y = tf.abs(tf.complex(parts[0], parts[1]));
        expect(y.shape).to.deep.equal(shape);
        return [...y.dataSync()];
      });
      const expected = pairs.slice(0, size).map(([real, imag]) => Math.hypot(real, imag));
      expect(lengths.length).to.equal(size);
      for (const [i, length] of lengths.entries()) {
        if (Number.isFinite(expected[i])) expect(length).to.be.closeTo(expected[i], 1e-6 * expected[i]);
        else expect(length).to.deep.equal(expected[i]);
      }
    }
  });
});
