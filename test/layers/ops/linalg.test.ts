// Linear algebra whose results are not unique, so that they are put together again, and gradients beside differences.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { tableBackends, useBackend, valuesOf } from '../../support/backends.js';
import { valuesOf as inputs } from '../../support/layers/opGoldens.js';
import { runOp } from '../../support/layers/opLayers.js';

const transposed = (x: tf.Tensor) => tf.transpose(x, [0, 2, 1]);

function expectClose(make: () => readonly [tf.Tensor, tf.Tensor], tolerance = 1e-5): void {
  const [found, wanted] = valuesOf(() => [...make()]);
  expect(found.length).to.equal(wanted.length);
  found.forEach((value, i) => {
    expect(value, `value ${i}`).to.be.closeTo(wanted[i], tolerance * Math.max(1, Math.abs(wanted[i])));
  });
}

for (const backend of tableBackends) {
  describe(`linear algebra of keras.ops, ${backend}`, () => {
    useBackend(backend);

    it('puts a symmetric matrix together from eigenvalues and eigenvectors', () => {
      expectClose(() => {
        const x = inputs('spd', [2, 4, 4], 1);
        const [w, v] = runOp('Eigh', [x]);
        return [tf.matMul(tf.mul(v, tf.expandDims(w, 1)), transposed(v)), x];
      });
    });

    it('inverts a wide matrix of equal values, whose missing directions are made up', () => {
      const columns = 20_000;
      const [found] = valuesOf(() => runOp('Pinv', [tf.ones([1, 3, columns])])[0]);
      for (const value of found) expect(value).to.be.closeTo(1 / (3 * columns), 1e-9);
    }).timeout(10_000); // finding each direction by trying all of them took minutes

    it('gives the eigenvalues in ascending order', () => {
      const [w] = valuesOf(() => runOp('Eigh', [tf.tensor2d([2, 1, 1, 2], [2, 2])])[0]);
      expect(w[0]).to.be.closeTo(1, 1e-6);
      expect(w[1]).to.be.closeTo(3, 1e-6);
    });

    for (const [rows, columns] of [
      [4, 3],
      [3, 4],
      [3, 3],
    ] as const) {
      for (const full of [true, false]) {
        it(`puts a ${rows}x${columns} matrix together from its singular vectors, full_matrices=${full}`, () => {
          expectClose(() => {
            const x = inputs('signed', [2, rows, columns], 3);
            const [u, s, vt] = runOp('SVD', [x], { full_matrices: full });
            expect(u.shape).to.deep.equal([2, rows, full ? rows : 3]);
            expect(vt.shape).to.deep.equal([2, full ? columns : 3, columns]);
            const part = tf.mul(tf.slice(u, [0, 0, 0], [2, rows, 3]), tf.expandDims(s, 1));
            return [tf.matMul(part, tf.slice(vt, [0, 0, 0], [2, 3, columns])), x];
          });
          expectClose(() => {
            const [u] = runOp('SVD', [inputs('signed', [2, rows, columns], 3)], { full_matrices: full });
            const size = u.shape[2] as number;
            return [tf.matMul(transposed(u), u), tf.tile(tf.expandDims(tf.eye(size), 0), [2, 1, 1])];
          });
        });
      }
    }

    it('completes the singular vectors of a matrix without rank', () => {
      const [product] = valuesOf(() => {
        const [u] = runOp('SVD', [tf.zeros([3, 3])]);
        return tf.matMul(u, u, true, false);
      });
      expect([...product]).to.deep.equal([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    });

    it('finds complex eigenvalues with their eigenvectors', () => {
      const matrix = [0, -1, 2, 1, 0, 0.5, 0.25, -2, 1];
      const [left, right, imagLeft, imagRight] = valuesOf(() => {
        const x = tf.tensor2d(matrix, [3, 3]);
        const [w, v] = runOp('Eig', [x]);
        const [wRe, wIm] = [runOp('Real', [w])[0], runOp('Imag', [w])[0]];
        const [vRe, vIm] = [runOp('Real', [v])[0], runOp('Imag', [v])[0]];
        return [
          tf.matMul(x, vRe),
          tf.sub(tf.mul(vRe, wRe), tf.mul(vIm, wIm)),
          tf.matMul(x, vIm),
          tf.add(tf.mul(vRe, wIm), tf.mul(vIm, wRe)),
        ];
      });
      left.forEach((value, i) => {
        expect(value).to.be.closeTo(right[i], 1e-5);
        expect(imagLeft[i]).to.be.closeTo(imagRight[i], 1e-5);
      });
      expect(Math.max(...imagLeft.map(Math.abs)), 'is not real').to.be.greaterThan(0.1);
    });

    /** Names, arguments, kinds, whether there are sides, and shapes; default: 3x3. */
    const gradients: readonly (readonly [string, object, 'spd' | 'square' | 'signed', boolean?, [number, number]?])[] =
      [
        ['Cholesky', {}, 'spd'],
        ['Inv', {}, 'square'],
        ['Det', {}, 'square'],
        ['Logdet', {}, 'spd'],
        ['Solve', {}, 'square', true],
        ['SolveTriangular', { lower: true }, 'square', true],
        ['SVD', { compute_uv: false }, 'square'],
        ['Norm', { ord: 'nuc', axis: [-2, -1] }, 'square'],
        ['Eigh', {}, 'spd'],
        ['Qr', {}, 'square'],
        ['Qr', {}, 'signed', false, [5, 3]],
        ['Qr', {}, 'signed', false, [3, 5]],
        ['Qr', { mode: 'complete' }, 'signed', false, [3, 5]],
        ['SVD', {}, 'square'],
        ['SVD', { full_matrices: false }, 'signed', false, [5, 3]],
        ['SVD', { full_matrices: false }, 'signed', false, [3, 5]],
        ['SVD', {}, 'signed', false, [4, 3]],
        ['SVD', {}, 'signed', false, [3, 4]],
        ['Pinv', {}, 'square'],
        ['Pinv', {}, 'signed', false, [5, 3]],
        ['Pinv', {}, 'signed', false, [3, 5]],
        ['Lstsq', {}, 'signed', true, [5, 3]],
        ['Lstsq', {}, 'signed', true, [3, 5]],
        ['LuFactor', {}, 'square'],
      ];
    for (const [className, config, kind, hasSides, shape = [3, 3]] of gradients) {
      it(`has the gradient of ${className} ${JSON.stringify(config)}, ${shape}`, () => {
        const [rows, columns] = shape;
        const sides = [0.3, -0.7, 0.9, 1.1, -0.2, 0.4, 0.8, -0.6, 0.1, 0.7].slice(0, 2 * rows);
        const loss = (x: tf.Tensor) => {
          // Only the symmetric part counts in Cholesky and Eigh.
          const symmetric = kind === 'spd' ? tf.mul(tf.add(x, tf.transpose(x)), 0.5) : x;
          const b = hasSides ? [tf.tensor2d(sides, [rows, 2])] : [];
          const outputs = runOp(className, [symmetric, ...b], config as never).filter(
            ({ dtype }) => dtype === 'float32',
          );
          // Vectors count squared: the signs of eigenvectors are arbitrary, and those of what completes others.
          const isVector = (i: number) => (className === 'Eigh' && i === 1) || (className === 'SVD' && i !== 1);
          const parts = outputs.map((y, i) => (isVector(i) && outputs.length > 1 ? tf.square(y) : y));
          return tf.addN(
            parts.map((y) => tf.sum(tf.mul(y, tf.reshape(tf.range(1, y.size + 1), y.shape)))),
          ) as tf.Scalar;
        };
        const [data] = valuesOf(() => inputs(kind, shape, 2));
        const at = (values: number[]) => valuesOf(() => loss(tf.tensor2d(values, [rows, columns])))[0][0];
        const [found] = valuesOf(() => tf.grad(loss)(tf.tensor2d([...data], [rows, columns])));
        const step = 1 / 128;
        data.forEach((_, i) => {
          const moved = (by: number) => at([...data].map((value, j) => (i === j ? value + by : value)));
          const wanted = (moved(step) - moved(-step)) / (2 * step);
          expect(found[i], `entry ${i}`).to.be.closeTo(wanted, 0.02 * Math.max(1, Math.abs(wanted)));
        });
      });
    }
  });
}

// A gradient that throws leaves its tape behind, so no test here counts tensors.
describe('linear algebra of keras.ops without a gradient', () => {
  for (const [className, config, shape] of [
    ['Qr', { mode: 'complete' }, [5, 3]],
    ['SVD', {}, [5, 3]],
  ] as const) {
    it(`says so of ${className}`, async () => {
      await tf.setBackend('cpu');
      const gradient = () => tf.grad((y) => tf.sum(runOp(className, [y], config)[0]))(inputs('signed', [...shape], 2));
      expect(gradient).to.throw(/has no gradient/);
    });
  }
});
