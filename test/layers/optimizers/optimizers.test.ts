// Keras's optimizers and schedules beside real Keras: the variables after 20 steps, the state in files' order, configs.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasOptimizer } from '../../../src/layers/optimizers/kerasOptimizer.js';
import { LossScaleOptimizer } from '../../../src/layers/optimizers/lossScale.js';
import { type AnyKerasOptimizer, getOptimizer, getSchedule } from '../../../src/layers/optimizers/optimizers.js';
import { shareFor, tableBackends, useBackend } from '../../support/backends.js';
import goldens from './goldens.json' with { type: 'json' };

interface Golden {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly excluded?: readonly string[];
  readonly lossScale?: object;
  readonly serialized: Serialized;
  readonly variables: readonly number[][];
  readonly state: readonly (readonly [number[], number[]])[];
  readonly finalized?: readonly number[][];
}

interface Serialized {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const shapes: Readonly<Record<string, number[]>> = {
  'embedding/embeddings': [5, 4],
  'dense/kernel': [4, 3],
  'dense/bias': [3],
  'conv/kernel': [2, 3, 2, 4],
  scale: [],
};
const STEPS = 20;

const initial = (shape: number[], seed: number) =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (((i * 37 + seed * 13) % 101) - 50) / 60),
    shape,
  );

function gradient(shape: number[], seed: number, step: number): tf.Tensor {
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
    i % 7 === 3 ? 0 : (((i * 53 + seed * 29 + step * 17) % 97) - 48) / 40,
  );
  return tf.tensor(values, shape);
}

function runSteps(optimizer: AnyKerasOptimizer, variables: tf.Variable[], hasInfinite: boolean): void {
  for (let step = 0; step < STEPS; step++) {
    tf.tidy(() => {
      const scale = 'dynamicScale' in optimizer ? optimizer.dynamicScale : lossScaleOf(optimizer);
      const grads = variables.map((variable, i) => {
        const isInfinite = hasInfinite && i === 0 && (step === 4 || step === 11);
        return {
          name: variable.name,
          tensor: tf.mul(gradient(variable.shape, i, step), isInfinite ? Number.POSITIVE_INFINITY : scale),
        };
      });
      optimizer.applyGradients(grads);
    });
  }
}

function lossScaleOf(optimizer: KerasOptimizer): number {
  return (optimizer.getConfig().loss_scale_factor as number | null) ?? 1;
}

function expectAllClose(found: ArrayLike<number>, wanted: readonly number[], title: string): void {
  expect(found.length, title).to.equal(wanted.length);
  // Ftrl divides a difference of powers by the learning rate, which makes its rounding a thousand times as large.
  const tolerance = title.endsWith('/linear') ? 1e-4 : 1e-5;
  wanted.forEach((value, i) => {
    expect(found[i], `${title}, value ${i}`).to.be.closeTo(value, tolerance * Math.max(1, Math.abs(value)));
  });
}

const rows = goldens.optimizers as unknown as readonly Golden[];

for (const backend of tableBackends) {
  describe(`optimizers of Keras, ${backend}`, () => {
    useBackend(backend);

    for (const golden of shareFor(backend, rows, 3)) {
      const { arguments: args, excluded, lossScale, serialized } = golden;
      it(`${golden.name} ${JSON.stringify({ ...args, excluded, lossScale })}`, () => {
        const optimizer = getOptimizer(serialized) as AnyKerasOptimizer;
        if (excluded) (optimizer as KerasOptimizer).excludeFromWeightDecay([], excluded);
        const variables = Object.entries(shapes).map(([name, shape], i) => {
          const values = initial(shape, i);
          const variable = tf.variable(values, true, `sample/${name}`);
          values.dispose();
          return variable;
        });
        try {
          runSteps(optimizer, variables, lossScale !== undefined);
          expectGolden(optimizer, variables, golden);
        } finally {
          optimizer.dispose();
          tf.dispose(variables);
        }
      });
    }
  });
}

function expectGolden(optimizer: AnyKerasOptimizer, variables: readonly tf.Variable[], golden: Golden): void {
  variables.forEach((variable, i) => {
    expectAllClose(variable.dataSync(), golden.variables[i], variable.name);
  });
  const state = optimizer.stateOf(variables);
  expect(state.map(({ shape }) => [...shape])).to.deep.equal(golden.state.map(([shape]) => shape));
  state.forEach((entry, i) => {
    expectAllClose(entry.read().slice(0, 4), golden.state[i][1], entry.name);
  });
  const { finalized } = golden;
  if (!finalized) return;
  optimizer.finalizeVariableValues(variables);
  variables.forEach((variable, i) => {
    expectAllClose(variable.dataSync(), finalized[i], `${variable.name}, its average`);
  });
}

describe('optimizers of Keras, configs', () => {
  for (const { name, arguments: args, serialized } of rows) {
    it(`${name} ${JSON.stringify(args)}`, () => {
      const optimizer = getOptimizer(serialized) as AnyKerasOptimizer;
      const wanted = withoutRounding(serialized);
      expect(withoutRounding(optimizer.serialize())).to.deep.equal(wanted);
      optimizer.dispose();
    });
  }
});

/** Keras keeps the learning rate in float32, and writes what that is. */
function withoutRounding(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, item) => (typeof item === 'number' ? Math.fround(item) : item));
}

describe('schedules of Keras', () => {
  for (const { name, arguments: args, serialized, rates } of goldens.schedules) {
    it(`${name} ${JSON.stringify(args)}`, () => {
      const schedule = getSchedule(serialized);
      for (const [step, rate] of rates as [number, number][]) {
        expect(schedule.rate(step), `step ${step}`).to.be.closeTo(rate, 1e-6 * Math.max(rate, 0.01));
      }
      expect(schedule.serialize()).to.deep.equal(serialized);
    });
  }
});

describe('LossScaleOptimizer', () => {
  it('refuses an optimizer that is none of Keras', () => {
    expect(() => new LossScaleOptimizer(tf.train.sgd(0.1) as never)).to.throw(/must be one of Keras's/);
  });
});
