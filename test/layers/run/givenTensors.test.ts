// What is given to a model in the place of tensors: a clear error with the value, and nothing stays in memory.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { concatenate, dense, input, model, sequential } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

type Anything = tf.Tensor;

const chain = () => sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
const pair = () => {
  const ends = ['first', 'second'].map((name) => input({ name, shape: [3] }));
  return model({ inputs: ends, outputs: concatenate().apply(ends) as tf.SymbolicTensor });
};

const disposed = () => {
  const x = tf.ones([2, 3]);
  x.dispose();
  return x;
};

/** What stands in the place of the tensor, and what the error says of it. */
const wrong: [what: string, make: () => unknown, says: string][] = [
  ['undefined', () => undefined, 'None'],
  ['null', () => null, 'None'],
  ['a number', () => 3, '3'],
  ['a bigint', () => 3n, '3'],
  ['a text', () => 'rows', "'rows'"],
  ['rows', () => [[1, 2, 3]], '1,'],
  ['an array of floats', () => new Float32Array(3), '<Float32Array of 12 bytes>'],
  ['a promise', () => Promise.resolve(), '{}'],
  ['a disposed tensor', disposed, 'a disposed one of shape (2, 3)'],
  ['complex numbers', () => tf.complex(tf.ones([2, 3]), tf.ones([2, 3])), 'dtype complex64'],
  ['texts', () => tf.tensor2d([['a', 'b', 'c']]), 'dtype string'],
];

describe('models that are given no tensors', () => {
  useBackend('cpu');

  for (const [what, make, says] of wrong) {
    for (const [kind, build, place] of [
      ['a chain', chain, (value: unknown) => value],
      ['two inputs', pair, (value: unknown) => ({ first: tf.ones([2, 3]), second: value })],
    ] as const) {
      it(`${what}, ${kind}`, async () => {
        const made = build();
        made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
        const isChain = kind === 'a chain';
        await expectErrors(async () => {
          const x = place(make()) as Anything;
          const y = tf.ones([2, isChain ? 2 : 6]);
          return [
            () => made.predict(x),
            () => made.predictOnBatch(x),
            () => made.evaluate(x, y),
            () => made.fit(x, y, { verbose: 0 }),
            () => made.trainOnBatch(x, y),
            ...(isChain && (what === 'undefined' || what === 'null') ? [] : [() => made.apply(x)]),
          ];
        }, says);
        made.dispose();
      });
    }

    if (what === 'null' || what === 'undefined') continue;
    it(`${what}, as targets`, async () => {
      const made = chain();
      made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      await expectErrors(async () => {
        const [x, y] = [tf.ones([2, 3]), make() as Anything];
        return [() => made.evaluate(x, y), () => made.fit(x, y, { verbose: 0 }), () => made.trainOnBatch(x, y)];
      }, says);
      made.dispose();
    });
  }

  it('a vector where it is refused leaves nothing behind', async () => {
    const made = chain();
    made.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await expectErrors(async () => {
      const [x, y] = [tf.ones([3]), tf.ones([3, 2])];
      return [() => made.predict(x), () => made.evaluate(x, y), () => made.trainOnBatch(x, y)];
    }, '');
    made.dispose();
  });
});

/** Each call must fail with a ValueError that says this, or with any error for an empty text, and leave no tensor. */
async function expectErrors(make: () => Promise<(() => unknown)[]>, says: string): Promise<void> {
  tf.engine().startScope();
  const calls = await make();
  for (const call of calls) {
    const before = tf.memory().numTensors;
    let error: Error | undefined;
    try {
      await call();
    } catch (reason) {
      error = reason as Error;
    }
    expect(error, String(call)).to.be.instanceOf(Error);
    if (says !== '') {
      expect(error?.message).to.include('Received: ').and.to.include(says);
      expect(error?.name).to.equal('ValueError');
    }
    expect(tf.memory().numTensors, String(call)).to.equal(before);
  }
  tf.engine().endScope();
}
