// Batch normalization whose output relu alone reads is one pass with it in training: the same losses, gradients and
// statistics as layer by layer, and no pass of relu.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import * as layers from '../../../src/layers.js';
import { ownBackends, useBackend } from '../../support/backends.js';
import { randomValues } from '../../support/randomCases.js';

const SHAPE = [4, 3, 5, 6] as const;

type Make = (x: tf.SymbolicTensor) => tf.SymbolicTensor | tf.SymbolicTensor[];

class Shifted extends layers.BatchNormalization {
  static override readonly className: string = 'Shifted';

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
    return tf.tidy(() => tf.sub(super.call(inputs, kwargs), 0.5));
  }
}

const normalized = (x: tf.SymbolicTensor, args = {}) => {
  return layers.batchNormalization({ name: 'norm', ...args }).apply(x) as tf.SymbolicTensor;
};
const relu = (x: tf.SymbolicTensor) => layers.reLU({ name: 'relu' }).apply(x) as tf.SymbolicTensor;

/** How many passes of relu are left in a step. */
const cases: Readonly<Record<string, { readonly make: Make; readonly relus: number }>> = {
  'the layer ReLU': { make: (x) => relu(normalized(x)), relus: 0 },
  'the activation relu': {
    make: (x) => layers.activation({ activation: 'relu' }).apply(normalized(x)) as tf.SymbolicTensor,
    relus: 0,
  },
  'no scale and no center': { make: (x) => relu(normalized(x, { scale: false, center: false })), relus: 0 },
  'an output that is a result, too': {
    make: (x) => {
      const y = normalized(x);
      return [y, relu(y)];
    },
    relus: 1,
  },
  'an output with a second reader': {
    make: (x) => {
      const y = normalized(x);
      return layers.add().apply([y, relu(y)]) as tf.SymbolicTensor;
    },
    relus: 1,
  },
  'a class of a user': { make: (x) => relu(new Shifted().apply(x) as tf.SymbolicTensor), relus: 1 },
  'a loss of the output': {
    make: (x) => relu(normalized(x, { activityRegularizer: 'l2' })),
    relus: 1,
  },
  'relu with a limit': {
    make: (x) => layers.reLU({ maxValue: 1 }).apply(normalized(x)) as tf.SymbolicTensor,
    relus: 0,
  },
};

function makeModel(make: Make): tf.LayersModel {
  const inputs = tf.input({ shape: [...SHAPE.slice(1)] });
  return layers.model({ inputs, outputs: make(inputs) });
}

/** Loss, gradients of the input and of the weights, and moving statistics of a step, all as arrays. */
function stepOf(make: Make, x: tf.Tensor): { values: number[][]; kernels: string[] } {
  const model = makeModel(make);
  const given = tf.variable(x);
  const variables = [given, ...model.trainableWeights.map((weight) => weight.read() as tf.Variable)];
  const loss = () => {
    const outputs = [model.apply(given, { training: true })].flat() as tf.Tensor[];
    const weights = tf.tensor(randomValues(x.size, 9), x.shape);
    return tf.addN(outputs.map((y) => tf.sum(tf.mul(tf.square(y), weights)))) as tf.Scalar;
  };
  const kernels: string[] = [];
  const engine = tf.engine() as unknown as { runKernel(name: string, ...rest: unknown[]): unknown };
  const { runKernel } = engine;
  engine.runKernel = (name, ...rest) => {
    kernels.push(name);
    return runKernel.call(engine, name, ...rest);
  };
  try {
    const values = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, variables);
      const statistics = model.getWeights();
      return [value, ...Object.values(grads), ...statistics].map((t) => [...t.dataSync()]);
    });
    return { values, kernels };
  } finally {
    engine.runKernel = runKernel;
    model.dispose();
    given.dispose();
  }
}

describe('relu after batch normalization', () => {
  for (const backend of ownBackends) {
    describe(backend, () => {
      useBackend(backend);

      for (const [name, { make, relus }] of Object.entries(cases)) {
        it(name, async () => {
          const x = tf.tensor4d(randomValues(4 * 3 * 5 * 6, 1), [...SHAPE]);
          const { values, kernels } = stepOf(make, x);
          if (backend === 'convnet-cpu') expect(kernels.filter((kernel) => kernel === 'Relu').length).to.equal(relus);
          await tf.setBackend('cpu'); // TensorFlow.js's own, which joins nothing
          const wanted = stepOf(make, x).values;
          x.dispose();
          await tf.setBackend(backend);
          expect(values.length).to.equal(wanted.length);
          values.forEach((found, i) => {
            const most = Math.max(1e-3, ...wanted[i].map(Math.abs));
            found.forEach((value, j) => {
              expect(value, `${i} at ${j}`).to.be.closeTo(wanted[i][j], 5e-6 * most);
            });
          });
        });
      }
    });
  }
});
