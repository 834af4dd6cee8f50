// The programs of TensorFlow.js that the engine draws with take shapes as uniforms: a new shape waits for no compiler.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';
import { webgl } from '../../../support/webgl/opTable/operands.js';

type Shape = [number, number, number];

/** Each larger than what TensorFlow.js leaves to the CPU. */
const shapes: readonly Shape[] = [
  [5, 7, 9],
  [4, 6, 11],
  [13, 5, 3],
  [3, 17, 6],
  [9, 6, 4],
  [7, 8, 10],
  [5, 12, 11],
  [6, 15, 7],
];

/** By the programs that take shapes as uniforms: others of TensorFlow.js have them in their text alone. */
const ops: Readonly<Record<string, (x: tf.Tensor3D) => tf.Tensor>> = {
  'functions of two tensors': (x) => tf.cast(tf.less(x, tf.square(x)), 'float32'),
  'a tensor and a number': (x) => tf.cast(tf.logicalAnd(tf.less(x, 0.5), tf.greater(x, -0.5)), 'float32'),
  'other axes': (x) => tf.reshape(tf.less(x, 0.5), [x.shape[2], x.shape[0], x.shape[1]]),
};

/** The greatest difference between two lists of values. */
function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).to.equal(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

async function valuesOf(op: (x: tf.Tensor3D) => tf.Tensor, shape: Shape): Promise<ArrayLike<number>> {
  const values = randomValues(tf.util.sizeFromShape(shape), 3);
  const y = tf.tidy(() => op(tf.tensor3d(values, shape)));
  const found = await y.data();
  y.dispose();
  return found;
}

describe('WebGL2: programs of TensorFlow.js for all shapes', () => {
  useBackend('convnet-webgl');

  for (const [name, op] of Object.entries(ops)) {
    it(`${name}: no program for each new shape, and the values of cpu`, async () => {
      const programs = () => Object.keys(webgl().tfjsPrograms).length;
      const flag = tf.env().get('WEBGL_USE_SHAPES_UNIFORMS');
      const found: ArrayLike<number>[] = [];
      let first = 0;
      for (const shape of shapes) {
        found.push(await valuesOf(op, shape));
        if (found.length === 1) first = programs();
      }
      // A second form has to do with how the texture of a shape is read, not with the sizes.
      expect(programs() - first, 'programs after the first shape').to.be.at.most(2);
      expect(tf.env().get('WEBGL_USE_SHAPES_UNIFORMS'), 'the flag of the app').to.equal(flag);
      await tf.setBackend('cpu');
      for (const [i, shape] of shapes.entries()) {
        expect(worst(found[i], await valuesOf(op, shape)), `${shape}`).to.be.below(1e-5);
      }
      await tf.setBackend('convnet-webgl');
    });
  }

  it('a kernel that throws leaves the flag as it was', () => {
    const flag = tf.env().get('WEBGL_USE_SHAPES_UNIFORMS');
    expect(() => tf.engine().runKernel('GatherV2', {}, {})).to.throw();
    expect(tf.env().get('WEBGL_USE_SHAPES_UNIFORMS')).to.equal(flag);
  });
});
