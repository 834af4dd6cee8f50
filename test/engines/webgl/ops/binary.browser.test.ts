// Functions of two tensors in the tiled layout, with every broadcast that stays on it.

import * as tf from '@tensorflow/tfjs';
import { onEveryDevice } from '../../../support/webgl/devices.js';
import {
  type Case,
  expectTiled,
  keepNoTextures,
  notFinite,
  shapes,
  tfjsOperand,
  tiledOperand,
} from '../../../support/webgl/runOps.js';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const functions: Readonly<Record<string, Binary>> = {
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  maximum: (a, b) => tf.maximum(a, b),
  minimum: (a, b) => tf.minimum(a, b),
  squaredDifference: (a, b) => tf.squaredDifference(a, b),
};

const specials = [...notFinite, 0, 0, 1e30, -1e30];
/** In the other operand they meet others. */
const otherSpecials = [0, Number.POSITIVE_INFINITY, Number.NaN, 0, Number.NEGATIVE_INFINITY];

/** Every way to put another shape beside `shape`. */
function broadcasts(shape: readonly number[]): readonly (readonly number[])[] {
  const c = shape[shape.length - 1];
  const others: number[][] = [[], [1], [c], [1, c]];
  if (shape.length === 2) others.push([shape[0], 1], [shape[0], c]);
  if (shape.length >= 3) others.push([1, 1, c]);
  if (shape.length === 4) {
    const [n, h, w] = shape;
    others.push([n, 1, 1, c], [n, 1, 1, 1], [1, h, w, c], [h, w, c], [n, h, w, 1], [h, w, 1], [1, 1, 1, 1]);
  }
  return others.filter((other) => other.length <= shape.length);
}

function casesOf(name: string, f: Binary): Case[] {
  const same = shapes.map((shape, i) => ({
    name: `${name} [${shape}] [${shape}]`,
    operands: [tiledOperand(shape, i, specials), tiledOperand(shape, i + 50, otherSpecials)],
    run: f,
  }));
  const broadcast = shapes.flatMap((shape, i) => {
    // A quarter of the shapes each in one of the four ways that operands can be held and ordered.
    return broadcasts(shape).map((other, j) => {
      const isSwapped = (i + j) % 2 === 1;
      const a = tiledOperand(shape, i, specials);
      const b = (i + j) % 4 < 2 ? tfjsOperand(other, j, otherSpecials) : tiledOperand(other, j, otherSpecials);
      const operands = isSwapped ? [b, a] : [a, b];
      return { name: `${name} ${operands.map((x) => `[${x.shape}]`).join(' ')}`, operands, run: f };
    });
  });
  return [...same, ...broadcast];
}

onEveryDevice('WebGL2 ops: binary', () => {
  keepNoTextures();

  for (const [name, f] of Object.entries(functions)) {
    it(name, async () => {
      await expectTiled(casesOf(name, f));
    });
  }

  it('prelu', async () => {
    const cases = shapes.flatMap((shape, i) => {
      return [[], [shape[shape.length - 1]], shape.slice(1)].map((other, j) => ({
        name: `prelu [${shape}] [${other}]`,
        operands: [tiledOperand(shape, i, notFinite), (j === 1 ? tiledOperand : tfjsOperand)(other, j)],
        run: (x: tf.Tensor, alpha: tf.Tensor) => tf.prelu(x, alpha),
      }));
    });
    const fits = cases.filter(({ operands: [x, alpha] }) => alpha.shape.length < 2 || x.shape.length === 4);
    await expectTiled(fits);
  });

  it('sums of several', async () => {
    await expectTiled(
      shapes.flatMap((shape, i) => {
        const tfjsOnly = tfjsOperand(shape, i + 1, specials);
        const tiled = tiledOperand(shape, i, otherSpecials);
        return [
          { name: `addN of two [${shape}]`, operands: [tiled, tfjsOnly] },
          { name: `addN of four [${shape}]`, operands: [tfjsOnly, tfjsOnly, tiled, tfjsOnly] },
        ].map((c) => ({ ...c, run: (...tensors: tf.Tensor[]) => tf.addN(tensors) }));
      }),
    );
  });

  it('one tensor twice', async () => {
    await expectTiled(
      shapes.map((shape, i) => ({
        name: `x * x [${shape}]`,
        operands: [tiledOperand(shape, i, specials)],
        run: (x: tf.Tensor) => tf.mul(x, x),
      })),
    );
  });

  it('an operand of the full shape that only TensorFlow.js has', async () => {
    await expectTiled(
      shapes.map((shape, i) => ({
        name: `TensorFlow.js - tiled [${shape}]`,
        operands: [tfjsOperand(shape, i, specials), tiledOperand(shape, i + 1, otherSpecials)],
        run: (a: tf.Tensor, b: tf.Tensor) => tf.sub(a, b),
      })),
    );
  });
});
