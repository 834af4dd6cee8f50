// Gradients of fused convolutions: each is computed where it is asked for, and not before.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends, useBackend, valuesOf } from '../support/backends.js';

type Op = (x: tf.Tensor4D, filter: tf.Tensor4D, bias?: tf.Tensor1D) => tf.Tensor;

const geometry = { strides: 1, pad: 'same', dataFormat: 'NHWC' } as const;
const ops: Record<string, { readonly run: Op; readonly filterShape: [number, number, number, number] }> = {
  conv2d: {
    run: (x, filter, bias) => tf.fused.conv2d({ ...geometry, x, filter, bias }),
    filterShape: [3, 3, 2, 4],
  },
  depthwiseConv2d: {
    run: (x, filter, bias) => tf.fused.depthwiseConv2d({ ...geometry, x, filter, bias }),
    filterShape: [3, 3, 2, 2],
  },
};

for (const backend of ownBackends) {
  describe(`gradients of fused convolutions on ${backend}`, () => {
    useBackend(backend);

    for (const [name, { run, filterShape }] of Object.entries(ops)) {
      const operands = () => {
        const x = tf.randomNormal<tf.Rank.R4>([2, 6, 5, 2], 0, 1, 'float32', 1);
        const filter = tf.randomNormal<tf.Rank.R4>(filterShape, 0, 1, 'float32', 2);
        return { x, filter, bias: tf.randomNormal<tf.Rank.R1>([4], 0, 1, 'float32', 3) };
      };
      const kernelsOf = async (f: () => tf.TensorContainer) => {
        const { kernelNames, result } = await tf.profile(f as never);
        tf.dispose(result as tf.TensorContainer);
        return kernelNames.join(' ');
      };

      it(`fused.${name} computes those that are asked for`, async () => {
        const { x, filter, bias } = operands();
        const before = tf.memory().numTensors;
        const ofFilter = await kernelsOf(() => tf.grads((w) => run(x, w as tf.Tensor4D, bias))([filter]));
        expect(ofFilter).to.include('BackpropFilter').and.not.to.include('BackpropInput');
        const ofInput = await kernelsOf(() => tf.grads((image) => run(image as tf.Tensor4D, filter, bias))([x]));
        expect(ofInput).to.include('BackpropInput').and.not.to.include('BackpropFilter');
        const ofBias = await kernelsOf(() => tf.grads((b) => run(x, filter, b as tf.Tensor1D))([bias]));
        expect(ofBias).to.include('Sum').and.not.to.include('Backprop');
        expect(tf.memory().numTensors).to.equal(before);
        tf.dispose([x, filter, bias]);
      });

      it(`a fused.${name} that is called twice, or within a gradient of the user, has the gradients of each`, () => {
        const [dx, dw, expectedX, expectedW] = valuesOf(() => {
          const { x, filter } = operands();
          const doubled = tf.customGrad((a, save) => {
            (save as tf.GradSaveFunc)([a as tf.Tensor]);
            const value = run(a as tf.Tensor4D, filter) as tf.Tensor;
            return { value, gradFunc: (dy: tf.Tensor) => tf.mul(tf.sum(dy), tf.onesLike(a as tf.Tensor)) };
          });
          const twice = (a: tf.Tensor, w: tf.Tensor) => {
            const y = tf.square(run(a as tf.Tensor4D, w as tf.Tensor4D));
            return tf.add(
              tf.add(tf.sum(y), tf.sum(run(tf.mul(a, 2) as tf.Tensor4D, w as tf.Tensor4D))),
              tf.sum(doubled(a)),
            );
          };
          const separate = (a: tf.Tensor, w: tf.Tensor) => {
            const op = name === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
            const z = op(a as tf.Tensor4D, w as tf.Tensor4D, 1, 'same');
            const ones = tf.mul(tf.sum(a), z.size);
            return tf.add(tf.add(tf.sum(tf.square(z)), tf.mul(tf.sum(z), 2)), ones);
          };
          return [...tf.grads(twice)([x, filter]), ...tf.grads(separate)([x, filter])];
        });
        for (const [actual, expected] of [
          [dx, expectedX],
          [dw, expectedW],
        ]) {
          for (const [i, value] of expected.entries()) {
            expect(actual[i]).to.be.closeTo(value, 1e-4 * (1 + Math.abs(value)));
          }
        }
      });
    }
  });
}
