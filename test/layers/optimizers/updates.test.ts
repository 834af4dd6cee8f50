// What a step of an optimizer runs: one kernel for each variable, in place where nobody else holds the values.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Adafactor } from '../../../src/layers/optimizers/adafactor.js';
import { Adam, AdamW } from '../../../src/layers/optimizers/adam.js';
import { Adadelta, Adagrad, RMSprop } from '../../../src/layers/optimizers/adaptive.js';
import { Ftrl } from '../../../src/layers/optimizers/ftrl.js';
import { Lion, SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import type { KerasOptimizer } from '../../../src/layers/optimizers/kerasOptimizer.js';
import { Adamax, Lamb, Nadam, ScheduleFreeAdamW } from '../../../src/layers/optimizers/moments.js';
import { Muon } from '../../../src/layers/optimizers/muon.js';
import { ownBackends, useBackend } from '../../support/backends.js';

const SHAPES = [[3, 3, 5, 6], [7, 5], [6]];

function makeVariables(): tf.Variable[] {
  return SHAPES.map((shape) => {
    const values = tf.randomUniform(shape, -1, 1, 'float32', 7);
    const variable = tf.variable(values);
    values.dispose();
    return variable;
  });
}

function step(optimizer: KerasOptimizer, variables: readonly tf.Variable[]): void {
  tf.tidy(() => {
    const grads = variables.map(({ name, shape }) => ({ name, tensor: tf.randomUniform(shape, -1, 1, 'float32', 3) }));
    optimizer.applyGradients(grads);
  });
}

async function kernelsOf(optimizer: KerasOptimizer, variables: readonly tf.Variable[]): Promise<string[]> {
  const grads = variables.map(({ name, shape }) => ({ name, tensor: tf.randomUniform(shape, -1, 1, 'float32', 3) }));
  const { kernels } = await tf.profile(() => {
    optimizer.applyGradients(grads);
    return [];
  });
  tf.dispose(grads.map(({ tensor }) => tensor));
  return kernels.map(({ name }) => name);
}

type Variables = readonly tf.Variable[];

/** A test with variables of its own. */
function withVariables(run: (variables: Variables) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const variables = makeVariables();
    try {
      await run(variables);
    } finally {
      tf.dispose(variables as tf.Variable[]);
    }
  };
}

/** Optimizers with the kernels that they run for each variable, and for all of them together. */
const counts: readonly (readonly [string, () => KerasOptimizer, number, number])[] = [
  ['SGD', () => new SGD(), 1, 0],
  ['SGD, momentum', () => new SGD({ momentum: 0.9 }), 1, 0],
  ['SGD, Nesterov', () => new SGD({ momentum: 0.9, nesterov: true }), 1, 0],
  ['Adam', () => new Adam(), 1, 0],
  ['Adam, amsgrad', () => new Adam({ amsgrad: true }), 1, 0],
  ['AdamW', () => new AdamW(), 1, 0],
  ['RMSprop', () => new RMSprop(), 1, 0],
  ['RMSprop, centered, momentum', () => new RMSprop({ centered: true, momentum: 0.9 }), 1, 0],
  ['Adagrad', () => new Adagrad(), 1, 0],
  ['Adadelta', () => new Adadelta(), 1, 0],
  ['Adamax', () => new Adamax(), 1, 0],
  ['Nadam', () => new Nadam(), 1, 0],
  ['Lion', () => new Lion(), 1, 0],
  ['Ftrl', () => new Ftrl(), 1, 0],
  ['ScheduleFreeAdamW', () => new ScheduleFreeAdamW(), 1, 0],
  ['Adam, clipvalue', () => new Adam({ clipvalue: 0.5 }), 1, 0],
  ['Adam, loss scale', () => new Adam({ lossScaleFactor: 8 }), 1, 0],
  ['Adam, averages', () => new Adam({ useEma: true }), 2, 0],
  ['Adam, accumulation', () => new Adam({ gradientAccumulationSteps: 3 }), 1, 0],
  ['Ftrl, another power', () => new Ftrl({ learningRatePower: -0.7 }), 1, 0],
];

type Counts = Readonly<Record<string, number>>;

/** Those that need lengths of tensors: the fused updates for each variable, the sums of squares, and what else they run. */
const measured: readonly (readonly [string, () => KerasOptimizer, Counts, Counts?])[] = [
  ['Adam, clipnorm', () => new Adam({ clipnorm: 0.5 }), { FusedUpdate: 3, SumSquares: 3 }],
  ['Adam, globalClipnorm', () => new Adam({ globalClipnorm: 0.5 }), { FusedUpdate: 3, SumSquares: 3, AddN: 1 }],
  ['Lamb', () => new Lamb(), { FusedUpdate: 6, SumSquares: 6 }],
  // Two matrices, of which each has means of rows and of columns, and a vector. The CPU engine has a kernel for each.
  ['Adafactor', () => new Adafactor(), { AdafactorUpdate: 3 }, { FusedUpdate: 2 * 4 + 2, SumSquares: 2 * 4 + 2 }],
  // One matrix: the momentum, its length, three products and two sums in each of five rounds, and the step.
  ['Muon', () => new Muon({ weightDecay: null }), { FusedUpdate: 2 + 3 + 2 * 5, SumSquares: 1, BatchMatMul: 15 }],
];

for (const backend of ownBackends) {
  describe(`steps of optimizers, ${backend}`, () => {
    useBackend(backend);
    for (const [title, make, each, together] of counts) {
      it(
        `${title}: ${each} for each variable`,
        withVariables(async (variables) => {
          const optimizer = make();
          optimizer.build(variables);
          const kernels = await kernelsOf(optimizer, variables);
          const own = kernels.filter((name) => name === 'FusedUpdate').length;
          expect(own % SHAPES.length).to.equal(0);
          // A sum over all axes is two kernels on some backends: a reshape is none.
          const counted = kernels.filter((name) => name !== 'Reshape' && name !== 'Identity');
          expect(counted.length, counted.join(' ')).to.equal(each * SHAPES.length + together);
          optimizer.dispose();
        }),
      );
    }

    for (const [title, make, onCpu, elsewhere] of measured) {
      const wanted = backend === 'convnet-cpu' ? onCpu : (elsewhere ?? onCpu);
      it(
        `${title}: ${JSON.stringify(wanted)}`,
        withVariables(async (variables) => {
          const optimizer = make();
          optimizer.build(variables);
          const found = await kernelsOf(optimizer, variables);
          // Elsewhere a sum of squares is a square and a sum, which some backends make of several kernels.
          const isCpu = backend === 'convnet-cpu';
          const names = isCpu ? Object.keys(wanted) : ['FusedUpdate', 'SumSquares'];
          for (const name of names) expect(found.filter((one) => one === name).length, name).to.equal(wanted[name]);
          const plain = found.filter((name) => !/^(Reshape|Identity|ExpandDims)$/.test(name) && !(name in wanted));
          if (isCpu) expect(plain).to.deep.equal([]);
          optimizer.dispose();
        }),
      );
    }

    it(
      'leaves no tensors, step after step',
      withVariables((variables) => {
        for (const [, make] of [...counts, ...measured]) {
          const optimizer = make();
          step(optimizer, variables);
          const { numTensors, numDataBuffers } = tf.memory();
          for (let i = 0; i < 4; i++) step(optimizer, variables);
          expect(tf.memory().numTensors).to.equal(numTensors);
          expect(tf.memory().numDataBuffers).to.equal(numDataBuffers);
          optimizer.dispose();
        }
      }),
    );

    it(
      'leaves tensors alone that share the values of a variable',
      withVariables((variables) => {
        const optimizer = new Adam({ learningRate: 0.1 });
        const copies = variables.map((variable) => variable.clone());
        const before = copies.map((copy) => copy.dataSync());
        step(optimizer, variables);
        copies.forEach((copy, i) => {
          expect([...copy.dataSync()]).to.deep.equal([...before[i]]);
          expect([...variables[i].dataSync()]).not.to.deep.equal([...before[i]]);
        });
        tf.dispose(copies);
        optimizer.dispose();
      }),
    );

    it(
      'lets convolutions see the new filter',
      withVariables((variables) => {
        const [filter] = variables as [tf.Variable<tf.Rank.R4>];
        const optimizer = new SGD({ learningRate: 0.5 });
        const x = tf.randomUniform([2, 6, 6, 5], -1, 1, 'float32', 5) as tf.Tensor4D;
        const convolved = () => tf.tidy(() => tf.conv2d(x, filter, 1, 'same').dataSync());
        for (let i = 0; i < 3; i++) convolved(); // so often that a backend keeps the filter in a form of its own
        step(optimizer, variables);
        const values = tf.tensor4d(filter.dataSync(), filter.shape);
        const wanted = tf.tidy(() => tf.conv2d(x, values, 1, 'same').dataSync());
        convolved().forEach((value, i) => {
          expect(value).to.be.closeTo(wanted[i], 1e-5);
        });
        tf.dispose([x, values]);
        optimizer.dispose();
      }),
    );

    it(
      'refuses a gradient of another shape',
      withVariables((variables) => {
        const optimizer = new Adam();
        const [{ name }] = variables;
        const wrong = () => tf.tidy(() => optimizer.applyGradients([{ name, tensor: tf.ones([6]) }]));
        expect(wrong).to.throw(/a gradient must have the shape of its variable; .*gradient.shape=/);
        optimizer.dispose();
      }),
    );

    it(
      'calls the update of a class that extends one with a formula',
      withVariables((variables) => {
        class Still extends Adam {
          static override readonly className = 'Still';
          readonly seen: string[] = [];

          protected override update(variable: tf.Variable): void {
            this.seen.push(variable.name);
          }
        }
        const optimizer = new Still();
        const before = variables.map((variable) => variable.dataSync());
        step(optimizer, variables);
        expect(optimizer.seen).to.deep.equal(variables.map(({ name }) => name));
        variables.forEach((variable, i) => {
          expect([...variable.dataSync()]).to.deep.equal([...before[i]]);
        });
        optimizer.dispose();
      }),
    );

    it(
      'what Ftrl keeps of its sums follows a state that was set',
      withVariables((variables) => {
        const [first, second] = [0, 1].map(() => new Ftrl({ learningRate: 0.1, learningRatePower: -0.7 }));
        for (let i = 0; i < 3; i++) step(first, variables);
        const copies = variables.map((variable) => tf.variable(variable));
        step(second, copies); // makes its slots, with other values
        copies.forEach((copy, i) => {
          copy.assign(variables[i]);
        });
        const state = first.stateOf(variables);
        expect(state.map(({ name }) => name.slice(name.lastIndexOf('/') + 1))).not.to.include('root');
        second.stateOf(copies).forEach(({ write }, i) => {
          write([...state[i].read()]);
        });
        step(first, variables);
        step(second, copies);
        copies.forEach((copy, i) => {
          const wanted = variables[i].dataSync();
          copy.dataSync().forEach((value, k) => {
            expect(value, `variable ${i}, value ${k}`).to.be.closeTo(wanted[k], 1e-6);
          });
        });
        tf.dispose(copies);
        for (const optimizer of [first, second]) optimizer.dispose();
      }),
    );
  });
}

describe('steps of optimizers in place, convnet-cpu', () => {
  useBackend('convnet-cpu');

  it('keeps variables and slots where they are', () => {
    const variables = makeVariables();
    const optimizer = new Adam();
    optimizer.build(variables);
    step(optimizer, variables);
    const idsOf = () => [
      ...variables.map(({ dataId }) => dataId),
      ...optimizer.stateOf(variables).map(({ name }) => name),
    ];
    const ids = idsOf();
    step(optimizer, variables);
    expect(idsOf()).to.deep.equal(ids);
    for (const [i, { dataId }] of variables.entries()) expect(dataId).to.equal(ids[i]);
    optimizer.dispose();
    tf.dispose(variables);
  });
});
