// AdafactorUpdate beside the formulas in float64, on variables of all ranks, in place and where others hold the data.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Adafactor } from '../../../../src/layers/optimizers/adafactor.js';
import { useBackend } from '../../../support/backends.js';

const SHAPES = [[], [1], [7], [3, 4], [1, 5], [6, 1], [70, 33], [2, 3, 4], [3, 3, 5, 9]];
const valuesOf = (size: number, step: number) => Array.from({ length: size }, (_, i) => Math.sin(1 + i * (step + 2)));

interface State {
  w: number[];
  readonly r: number[];
  readonly c: number[];
  velocity: number[];
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const root = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => value * value)));

/** One step of Keras's formulas, for matrices one after the other. */
function follow(state: State, g: readonly number[], shape: readonly number[], number: number): void {
  const kept = 1 - number ** -0.8;
  const moved = (before: number, now: number) => kept * before + (1 - kept) * (now + 1e-30);
  if (shape.length < 2) state.velocity = g.map((x, i) => moved(state.velocity[i], x * x));
  else {
    const [n, m] = shape.slice(-2);
    for (let at = 0; at < g.length / (n * m); at++) {
      const square = (i: number, j: number) => g[(at * n + i) * m + j] ** 2;
      const rows = Array.from({ length: n }, (_, i) => mean(Array.from({ length: m }, (_, j) => square(i, j))));
      const columns = Array.from({ length: m }, (_, j) => mean(Array.from({ length: n }, (_, i) => square(i, j))));
      for (const [i, row] of rows.entries()) state.r[at * n + i] = moved(state.r[at * n + i] ?? 0, row);
      for (const [j, column] of columns.entries()) state.c[at * m + j] = moved(state.c[at * m + j] ?? 0, column);
      const whole = mean(state.r.slice(at * n, at * n + n));
      for (let i = 0; i < n * m; i++) {
        const row = state.r[at * n + Math.floor(i / m)];
        state.velocity[at * n * m + i] = (row / whole) * state.c[at * m + (i % m)];
      }
    }
  }
  const step = g.map((x, i) => x / Math.sqrt(state.velocity[i]));
  const rate = Math.min(0.05, 1 / Math.sqrt(number)) * Math.max(root(state.w), 1e-3);
  const excess = Math.max(root(step), 1);
  state.w = state.w.map((x, i) => x - (rate * step[i]) / excess);
}

describe('AdafactorUpdate', () => {
  useBackend('convnet-cpu');

  for (const shape of SHAPES) {
    for (const isHeld of [false, true]) {
      it(`[${shape}]${isHeld ? ', whose data others hold' : ''}`, () => {
        const size = shape.reduce((product, n) => product * n, 1);
        const first = valuesOf(size, 0);
        const variable = tf.tidy(() => tf.variable(tf.tensor(first, shape)));
        const optimizer = new Adafactor({ learningRate: 0.05 });
        const state: State = { w: first.map(Math.fround), r: [], c: [], velocity: first.map(() => 0) };
        for (let number = 1; number <= 4; number++) {
          const g = valuesOf(size, number);
          const gradient = tf.tensor(g, shape);
          const held = isHeld ? variable.clone() : null;
          const before = held && Array.from(held.dataSync());
          optimizer.applyGradients([{ name: variable.name, tensor: gradient }]);
          follow(state, g.map(Math.fround), shape, number);
          if (held) expect(Array.from(held.dataSync())).to.deep.equal(before);
          tf.dispose([gradient, ...(held ? [held] : [])]);
          const found = variable.dataSync();
          state.w.forEach((value, i) => {
            expect(found[i], `step ${number}, value ${i}`).to.be.closeTo(value, 2e-6);
          });
        }
        optimizer.dispose();
        variable.dispose();
      });
    }
  }
});
