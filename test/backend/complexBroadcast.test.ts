// Sums and products of complex tensors of different numbers of axes, on every backend of this package.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends } from '../support/backends.js';

type Shape = readonly number[];

/** Real parts first, 1 + first, ...; imaginary parts are ten times as large. */
function complex(shape: Shape, first: number): tf.Tensor {
  const real = tf.range(first, first + tf.util.sizeFromShape([...shape])).reshape([...shape]);
  return tf.complex(real, real.mul(10));
}

const ops = { add: tf.add, sub: tf.sub, mul: tf.mul };

/** The same from floats alone. */
function expected(name: keyof typeof ops, a: tf.Tensor, b: tf.Tensor): tf.Tensor[] {
  const [[re, im], [otherRe, otherIm]] = [a, b].map((x) => [tf.real(x), tf.imag(x)]);
  if (name !== 'mul') return [ops[name](re, otherRe), ops[name](im, otherIm)];
  return [re.mul(otherRe).sub(im.mul(otherIm)), re.mul(otherIm).add(im.mul(otherRe))];
}

const pairs: readonly (readonly [Shape, Shape])[] = [
  [[2, 3], []],
  [[], [2, 3]],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [
    [2, 2, 3],
    [2, 1],
  ],
  [
    [2, 3],
    [2, 3],
  ],
];

for (const backend of ownBackends) {
  describe(`complex broadcasting on ${backend}`, () => {
    before(() => tf.setBackend(backend));
    for (const [name, run] of Object.entries(ops)) {
      for (const [a, b] of pairs) {
        it(`${name} of [${a}] and [${b}]`, () => {
          tf.tidy(() => {
            const [x, y] = [complex(a, 1), complex(b, 3)];
            const z = run(x, y);
            const parts = [tf.real(z), tf.imag(z)];
            const exact = expected(name as keyof typeof ops, x, y);
            for (const [i, part] of parts.entries()) {
              expect(part.shape).to.deep.equal(exact[i].shape);
              expect([...part.dataSync()]).to.deep.equal([...exact[i].dataSync()]);
            }
          });
        });
      }
    }
  });
}
