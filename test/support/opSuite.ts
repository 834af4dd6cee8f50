// groupConv2d and fused.groupConv2d, forward and backward, on one backend: what the ops promise wherever they run.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { activations } from '../../kernels/activation.js';
import { fused, groupConv2d } from '../../src/index.js';
import { useBackend, valuesOf } from './backends.js';
import { type CaseSet, caseSetsFor, expectClose, padOf, perCase } from './cases.js';
import type { ConvCase } from './convCase.js';
import { convGoldens, goldenB, goldenW, goldenX } from './goldens.js';
import { randomValues } from './randomCases.js';
import {
  referenceActivation,
  referenceConv,
  referenceGradW,
  referenceGradX,
  sizeOf,
  wShape,
  xShape,
  yShape,
} from './reference.js';

type Shape4D = [number, number, number, number];

/** Tests whose name says which case failed, a bundle of cases each: thousands of tests would only slow the run. */
export function opSuite(backend: string): void {
  describe(backend, () => {
    useBackend(backend);
    for (const set of caseSetsFor(backend)) describe(set.title, () => convolutions(set));
    describe('values from Keras', goldens);
    describe('fused activations', fusedActivations);
    describe('bias', biases);
    describe('gradients', gradients);
  });
}

function operands(c: ConvCase, seed: number) {
  const x = randomValues(sizeOf(xShape(c)), seed);
  const w = randomValues(sizeOf(wShape(c)), seed + 1);
  return {
    x,
    w,
    xTensor: () => tf.tensor4d(x, xShape(c) as Shape4D),
    wTensor: () => tf.tensor4d(w, wShape(c) as Shape4D),
  };
}

const forward = perCase((c) => {
  const { x, w, ...tensors } = operands(c, 10);
  return { ...tensors, expected: referenceConv(c, x, w) };
});

const backward = perCase((c) => {
  const { x, w, ...tensors } = operands(c, 20);
  const dy = randomValues(sizeOf(yShape(c)), 30);
  return { ...tensors, dy, expectedDx: referenceGradX(c, dy, w), expectedDw: referenceGradW(c, x, dy) };
});

const withBias = perCase((c) => {
  const { x, w, ...tensors } = operands(c, 40);
  const bias = randomValues(c.outC, 50);
  return { ...tensors, bias, expected: referenceConv(c, x, w, { bias, activation: 'relu' }) };
});

function run(c: ConvCase, x: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D {
  const strides = c.strides as [number, number];
  return groupConv2d(x, w, strides, padOf(c), c.dataFormat, c.dilations as [number, number], c.dimRoundingMode);
}

function convolutions({ cases }: CaseSet): void {
  it('groupConv2d', () => {
    for (const c of cases) {
      const { xTensor, wTensor, expected } = forward(c);
      const [y] = valuesOf(() => {
        const y = run(c, xTensor(), wTensor());
        expect(y.shape, c.name).to.deep.equal(yShape(c));
        return y;
      });
      expectClose(c.name, y, expected);
    }
  });

  it('gradients of groupConv2d', () => {
    for (const c of cases) {
      const { xTensor, wTensor, dy, expectedDx, expectedDw } = backward(c);
      const [dx, dw] = valuesOf(() => {
        const f = (x: tf.Tensor4D, w: tf.Tensor4D) => run(c, x, w);
        return tf.grads(f as never)([xTensor(), wTensor()], tf.tensor(dy, yShape(c), 'float32'));
      });
      expectClose(`${c.name}: dx`, dx, expectedDx, 32);
      expectClose(`${c.name}: dw`, dw, expectedDw, 32);
    }
  });

  it('fused.groupConv2d with bias and relu', () => {
    for (const c of cases) {
      const { xTensor, wTensor, bias, expected } = withBias(c);
      const [y] = valuesOf(() =>
        fused.groupConv2d({
          x: xTensor(),
          filter: wTensor(),
          strides: c.strides,
          pad: padOf(c),
          dataFormat: c.dataFormat,
          dilations: c.dilations,
          dimRoundingMode: c.dimRoundingMode,
          bias: tf.tensor1d(bias),
          activation: 'relu',
        }),
      );
      expectClose(c.name, y, expected);
    }
  });
}

function goldens(): void {
  it('are reproduced exactly', () => {
    for (const { conv: c, activation, shape, y: expected } of convGoldens) {
      const [y] = valuesOf(() =>
        fused.groupConv2d({
          x: tf.tensor(goldenX(sizeOf(xShape(c))), xShape(c) as Shape4D) as tf.Tensor4D,
          filter: tf.tensor(goldenW(sizeOf(wShape(c))), wShape(c) as Shape4D) as tf.Tensor4D,
          strides: c.strides,
          pad: padOf(c),
          dataFormat: c.dataFormat,
          dilations: c.dilations,
          bias: tf.tensor1d(goldenB(c.outC)),
          activation,
        }),
      );
      expect(yShape(c), c.name).to.deep.equal([...shape]);
      expect(Array.from(y), c.name).to.deep.equal([...expected]);
    }
  });
}

/** 1x1 convolution with the weight 1: the activation alone, over the range where it bends and far below, where a careless formula overflows. */
const probes = Float32Array.from({ length: 161 }, (_, i) => (i - 80) / 8).map((v) => (v < -8 ? v * 10 : v));
const alpha = 0.3;

/** A slope that is never a kink: the tests of gradients stay away from there. */
const smooth = probes.filter((v) => ![0, 3, -3, 6].includes(v));

function fusedActivations(): void {
  for (const activation of activations) {
    const args = {
      strides: 1,
      pad: 'valid',
      activation,
      leakyreluAlpha: alpha,
      ...(activation === 'prelu' && { preluActivationWeights: [alpha] }),
    } as const;

    it(activation, () => {
      const [y] = valuesOf(() =>
        fused.groupConv2d({
          x: tf.tensor(probes, [1, 1, probes.length, 1]) as tf.Tensor4D,
          filter: [[[[1]]]],
          ...args,
        }),
      );
      probes.forEach((z, i) => {
        const expected = referenceActivation(activation, z, { alpha, slope: alpha });
        expectNear(`${activation}(${z})`, y[i], expected);
      });
    });

    it(`${activation}, gradient`, () => {
      const [dx] = valuesOf(() =>
        tf.grad((x) => fused.groupConv2d({ x: x as tf.Tensor4D, filter: [[[[1]]]], ...args }))(
          tf.tensor(smooth, [1, 1, smooth.length, 1]) as tf.Tensor4D,
        ),
      );
      const h = 1e-6;
      smooth.forEach((z, i) => {
        const at = (v: number) => referenceActivation(activation, v, { alpha, slope: alpha });
        const slope = (at(z + h) - at(z - h)) / (2 * h);
        expectNear(`${activation}'(${z})`, dx[i], slope);
      });
    });
  }
}

/** GPUs compute exp to a few units in the last place, and gelu's formula is good to 1.5e-7 of |x|. */
function expectNear(name: string, actual: number, expected: number): void {
  const tolerance = 2e-5 * Math.abs(expected) + 4e-6;
  if (!(Math.abs(actual - expected) <= tolerance)) {
    expect.fail(`${name} is ${actual}, expected ${expected} +- ${tolerance}`);
  }
}

const square: ConvCase = {
  name: 'square',
  batch: 2,
  inH: 4,
  inW: 3,
  inC: 4,
  kH: 3,
  kW: 3,
  outC: 6,
  groups: 2,
  strides: [1, 1],
  dilations: [1, 1],
  pad: 'same',
  dataFormat: 'NHWC',
};

function biases(): void {
  for (const dataFormat of ['NHWC', 'NCHW'] as const) {
    const c: ConvCase = { ...square, dataFormat };
    const y4D = yShape(c);
    const shapes = [[], [1], [6], y4D, [1, ...y4D.slice(1)], y4D.slice(1), [1, 1, 1, y4D[3]]];
    for (const shape of shapes) {
      for (const role of ['bias', 'prelu'] as const) {
        it(`${role} of shape [${shape}], ${dataFormat}`, () => {
          const { x, w, xTensor, wTensor } = operands(c, 60);
          const values = randomValues(sizeOf(shape), 70);
          const spread = broadcastTo(values, shape, y4D, dataFormat);
          const [y] = valuesOf(() => {
            const operand = tf.tensor(values, shape, 'float32');
            return fused.groupConv2d({
              x: xTensor(),
              filter: wTensor(),
              strides: 1,
              pad: 'same',
              dataFormat,
              ...(role === 'bias' ? { bias: operand } : { activation: 'prelu', preluActivationWeights: operand }),
            });
          });
          const expected = referenceConv(c, x, w);
          const z = expected.values.map((v, i) => (role === 'bias' ? v + spread[i] : v < 0 ? v * spread[i] : v));
          const magnitude = expected.magnitude.map((m) => m + 1);
          expectClose(`[${shape}]`, y, { ...expected, values: z, magnitude });
        });
      }
    }
  }
}

/** What the operand is at each output: written out index by index, independent of strides. */
function broadcastTo(values: Float32Array, shape: number[], y: number[], dataFormat: string): Float64Array {
  const aligned = shape.length === 1 && dataFormat === 'NCHW' ? [shape[0], 1, 1] : shape;
  const full = [...Array(4 - aligned.length).fill(1), ...aligned] as number[];
  const result = new Float64Array(sizeOf(y));
  let i = 0;
  for (let a = 0; a < y[0]; a++)
    for (let b = 0; b < y[1]; b++)
      for (let c = 0; c < y[2]; c++)
        for (let d = 0; d < y[3]; d++) {
          const at = [a, b, c, d].map((v, axis) => (full[axis] === 1 ? 0 : v));
          result[i++] = values[((at[0] * full[1] + at[1]) * full[2] + at[2]) * full[3] + at[3]];
        }
  return result;
}

function gradients(): void {
  for (const dataFormat of ['NHWC', 'NCHW'] as const) {
    const c: ConvCase = { ...square, dataFormat, dilations: [2, 1], strides: [1, 2] };

    it(`x, filter, bias and prelu weights against finite differences, ${dataFormat}`, () => {
      const { x, w } = operands(c, 80);
      const bias = randomValues(6, 90);
      const alphas = randomValues(6, 91);
      const names = ['x', 'filter', 'bias', 'preluActivationWeights'];
      const grads = valuesOf(() => {
        const f = (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor, preluActivationWeights: tf.Tensor) =>
          fused.groupConv2d({
            x,
            filter,
            bias,
            preluActivationWeights,
            activation: 'prelu',
            strides: c.strides,
            pad: 'same',
            dataFormat,
            dilations: c.dilations,
          });
        const inputs = [tf.tensor(x, xShape(c)), tf.tensor(w, wShape(c)), tf.tensor1d(bias), tf.tensor1d(alphas)];
        return tf.grads(f as never)(inputs as never);
      });
      const values = [x, w, bias, alphas].map((v) => Float64Array.from(v));
      const total = () => {
        const z = referenceConv(c, values[0], values[1], { bias: values[2] });
        const channelOf = (i: number) =>
          dataFormat === 'NHWC' ? i % 6 : Math.floor(i / (sizeOf(z.shape) / 2 / 6)) % 6;
        return z.values.reduce((sum, v, i) => sum + (v < 0 ? v * values[3][channelOf(i)] : v), 0);
      };
      values.forEach((operand, k) => {
        for (let i = 0; i < operand.length; i += 3) {
          const h = 1e-6;
          const was = operand[i];
          operand[i] = was + h;
          const up = total();
          operand[i] = was - h;
          const slope = (up - total()) / (2 * h);
          operand[i] = was;
          expect(grads[k][i], `${names[k]}[${i}]`).to.be.closeTo(slope, 2e-4 * (1 + Math.abs(slope)));
        }
      });
    });

    it(`second derivatives of x and filter, ${dataFormat}`, () => {
      // f = sum(conv(x, w)^3)/6: its Hessian's product with v is known from convolutions alone.
      const { x, w, xTensor, wTensor } = operands(c, 100);
      const [hx, hw] = valuesOf(() => {
        const f = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.div(tf.sum(tf.pow(run(c, x, w), 3)), 6) as tf.Scalar;
        const slopes = (x: tf.Tensor4D, w: tf.Tensor4D) =>
          tf.sum(tf.grad((x) => f(x as tf.Tensor4D, w))(x)) as tf.Scalar;
        return tf.grads(slopes as never)([xTensor(), wTensor()]);
      });
      const slopesSum = (x: ArrayLike<number>, w: ArrayLike<number>) => {
        const y = referenceConv(c, x, w).values;
        return referenceGradX(
          c,
          y.map((v) => (v * v) / 2),
          w,
        ).values.reduce((a, b) => a + b, 0);
      };
      const [x64, w64] = [Float64Array.from(x), Float64Array.from(w)];
      for (const [name, operand, hessian] of [
        ['x', x64, hx],
        ['w', w64, hw],
      ] as const) {
        for (let i = 0; i < operand.length; i += 5) {
          const h = 1e-5;
          const was = operand[i];
          operand[i] = was + h;
          const up = slopesSum(x64, w64);
          operand[i] = was - h;
          const slope = (up - slopesSum(x64, w64)) / (2 * h);
          operand[i] = was;
          expect(hessian[i], `${name}[${i}]`).to.be.closeTo(slope, 2e-3 * (1 + Math.abs(slope)));
        }
      }
    });
  }

  it('a single image of rank 3', () => {
    const [dx] = valuesOf(() => {
      const dx = tf.grad((x) => groupConv2d(x as tf.Tensor3D, tf.ones([2, 2, 1, 2]), 1, 'valid'))(tf.ones([3, 3, 2]));
      expect(dx.shape).to.deep.equal([3, 3, 2]);
      return dx;
    });
    expect(Array.from(dx).filter((_, i) => i % 2 === 0)).to.deep.equal([1, 2, 1, 2, 4, 2, 1, 2, 1]);
  });
}
