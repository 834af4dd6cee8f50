// TensorFlow.js's own convolution ops on our backends, where the official backends refuse or are wrong: gradients with
// dilation, depthwise NCHW, fused NCHW gradients, numeric padding of unequal axes.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends, useBackend, valuesOf } from '../support/backends.js';
import { expectClose, padOf } from '../support/cases.js';
import type { ConvCase } from '../support/convCase.js';
import { convCases } from '../support/convCases.js';
import { randomValues } from '../support/randomCases.js';
import { referenceConv, referenceGradW, referenceGradX, sizeOf, wShape, xShape, yShape } from '../support/reference.js';

type Shape4D = [number, number, number, number];
type Pair = [number, number];

/** What tf.conv2d's front-end accepts: one group, and strides or dilations of 1. */
const plain = convCases.filter((c) => c.groups === 1 && isOne(c));
/** The kernel itself, past the front-end that knows NHWC only. */
const fusedDepthwiseKernel: TfjsOp = {
  name: 'kernel FusedDepthwiseConv2D',
  cases: convCases.filter((c) => c.groups === c.inC && c.inC > 0),
  filterShape: (c) => [c.kH, c.kW, c.inC, c.outC / c.inC],
  run: (c, x, filter) => tf.engine().runKernel('FusedDepthwiseConv2D', { x, filter }, tfjsAttrs(c) as never),
};

/** What tf.depthwiseConv2d accepts; its filter is [kH, kW, inC, multiplier]. */
const depthwise = convCases.filter((c) => c.groups === c.inC && c.inC > 0 && isOne(c));

function isOne({ strides, dilations }: ConvCase): boolean {
  return strides.every((s) => s === 1) || dilations.every((d) => d === 1);
}

interface TfjsOp {
  readonly name: string;
  readonly cases: readonly ConvCase[];
  readonly filterShape: (c: ConvCase) => Shape4D;
  readonly run: (c: ConvCase, x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor;
}

const conv2d: TfjsOp = {
  name: 'tf.conv2d',
  cases: plain,
  filterShape: (c) => wShape(c) as Shape4D,
  run: (c, x, filter) => {
    return tf.conv2d(x, filter, c.strides as Pair, pad(c), c.dataFormat, c.dilations as Pair, c.dimRoundingMode);
  },
};

const fusedConv2d: TfjsOp = {
  ...conv2d,
  name: 'tf.fused.conv2d',
  run: (c, x, filter) => tf.fused.conv2d({ x, filter, ...tfjsAttrs(c) }),
};

const depthwiseConv2d: TfjsOp = {
  name: 'tf.depthwiseConv2d',
  cases: depthwise,
  filterShape: (c) => [c.kH, c.kW, c.inC, c.outC / c.inC],
  run: (c, x, filter) => {
    return tf.depthwiseConv2d(
      x,
      filter,
      c.strides as Pair,
      pad(c),
      c.dataFormat,
      c.dilations as Pair,
      c.dimRoundingMode,
    );
  },
};

const fusedDepthwiseConv2d: TfjsOp = {
  ...depthwiseConv2d,
  name: 'tf.fused.depthwiseConv2d',
  cases: depthwise.filter((c) => c.dataFormat === 'NHWC'), // its front-end refuses NCHW
  run: (c, x, filter) => tf.fused.depthwiseConv2d({ x, filter, ...tfjsAttrs(c) }),
};

function pad(c: ConvCase) {
  return padOf(c) as number;
}

function tfjsAttrs(c: ConvCase) {
  const strides = c.strides as Pair;
  const dilations = c.dilations as Pair;
  return { strides, pad: pad(c), dataFormat: c.dataFormat, dilations, dimRoundingMode: c.dimRoundingMode };
}

describe('ops of TensorFlow.js', () => {
  for (const backend of ownBackends) {
    describe(backend, () => {
      useBackend(backend);
      for (const op of [conv2d, fusedConv2d, depthwiseConv2d, fusedDepthwiseConv2d])
        describe(op.name, () => suite(part(op, backend)));
      describe(fusedDepthwiseKernel.name, () => forwardSuite(part(fusedDepthwiseKernel, backend)));
      fusedBias();
      trainingStep();
    });
  }
});

/** See caseSetsFor. */
function part(op: TfjsOp, backend: string): TfjsOp {
  return { ...op, cases: backend === 'convnet-webgl' ? op.cases.filter((_, i) => i % 4 === 0) : op.cases };
}

function suite(op: TfjsOp): void {
  forwardSuite(op);
  gradientSuite(op);
}

function forwardSuite({ cases, filterShape, run }: TfjsOp): void {
  it(`${cases.length} cases`, () => {
    expect(cases.length).to.be.greaterThan(10);
    for (const c of cases) {
      const x = randomValues(sizeOf(xShape(c)), 1);
      const w = randomValues(sizeOf(wShape(c)), 2);
      const [y] = valuesOf(() => run(c, tf.tensor4d(x, xShape(c) as Shape4D), tf.tensor4d(w, filterShape(c))));
      expectClose(c.name, y, referenceConv(c, x, w));
    }
  });
}

function gradientSuite({ cases, filterShape, run }: TfjsOp): void {
  it(`gradients of ${cases.length} cases`, () => {
    for (const c of cases) {
      const x = randomValues(sizeOf(xShape(c)), 3);
      const w = randomValues(sizeOf(wShape(c)), 4);
      const dy = randomValues(sizeOf(yShape(c)), 5);
      const [dx, dw] = valuesOf(() => {
        const f = (x: tf.Tensor4D, filter: tf.Tensor4D) => run(c, x, filter);
        const inputs = [tf.tensor4d(x, xShape(c) as Shape4D), tf.tensor4d(w, filterShape(c))];
        return tf.grads(f as never)(inputs, tf.tensor4d(dy, yShape(c) as Shape4D));
      });
      expectClose(`${c.name}: dx`, dx, referenceGradX(c, dy, w), 32);
      expectClose(`${c.name}: dw`, dw, referenceGradW(c, x, dy), 32);
    }
  });
}

const dilated: ConvCase = {
  name: 'dilated',
  batch: 2,
  inH: 6,
  inW: 5,
  inC: 3,
  kH: 3,
  kW: 2,
  outC: 4,
  groups: 1,
  strides: [1, 1],
  dilations: [2, 3],
  pad: 'same',
  dataFormat: 'NHWC',
};

function fusedBias(): void {
  for (const activation of ['linear', 'relu', 'relu6', 'elu', 'leakyrelu', 'sigmoid'] as const) {
    it(`tf.fused.conv2d with bias and ${activation} has a dilated gradient`, () => {
      const c = dilated;
      const [dx, dw, db, expectedX, expectedW, expectedB] = valuesOf(() => {
        const x = tf.tensor4d(randomValues(sizeOf(xShape(c)), 6), xShape(c) as Shape4D);
        const w = tf.tensor4d(randomValues(sizeOf(wShape(c)), 7), wShape(c) as Shape4D);
        const b = tf.tensor1d(randomValues(c.outC, 8));
        const attrs = { ...tfjsAttrs(c), leakyreluAlpha: 0.2, activation };
        const fused = (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) => {
          return tf.fused.conv2d({ x, filter, bias, ...attrs });
        };
        // The same by zeros between the taps and no dilation, which TensorFlow.js differentiates itself.
        const separate = (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) => {
          const [dh, dw] = c.dilations;
          const spread = tf.pad(tf.reshape(filter, [c.kH, 1, c.kW, c.inC * c.outC]), [
            [0, 0],
            [0, dh - 1],
            [0, 0],
            [0, (dw - 1) * c.inC * c.outC],
          ]);
          const stretched = tf.slice(
            tf.reshape(spread, [c.kH * dh, c.kW * dw, c.inC, c.outC]),
            [0, 0, 0, 0],
            [(c.kH - 1) * dh + 1, (c.kW - 1) * dw + 1, c.inC, c.outC],
          );
          const z = tf.add(tf.conv2d(x, stretched as tf.Tensor4D, 1, 'same'), bias);
          const named = {
            linear: (z: tf.Tensor) => z,
            relu: tf.relu,
            relu6: tf.relu6,
            elu: tf.elu,
            leakyrelu: tf.leakyRelu,
            sigmoid: tf.sigmoid,
          };
          return (named[activation] as (z: tf.Tensor) => tf.Tensor)(z);
        };
        return [...tf.grads(fused as never)([x, w, b]), ...tf.grads(separate as never)([x, w, b])];
      });
      for (const [name, actual, expected] of [
        ['dx', dx, expectedX],
        ['dw', dw, expectedW],
        ['db', db, expectedB],
      ] as const) {
        expected.forEach((value, i) => {
          expect(actual[i], `${name}[${i}]`).to.be.closeTo(value, 1e-4 * (1 + Math.abs(value)));
        });
      }
    });
  }
}

function trainingStep(): void {
  it('a layers model with dilated, depthwise and strided convolutions learns', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({
          inputShape: [8, 8, 2],
          filters: 4,
          kernelSize: 3,
          dilationRate: 2,
          padding: 'same',
          activation: 'relu',
        }),
        tf.layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same' }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 1 }),
      ],
    });
    const optimizer = tf.train.adam(0.02);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const x = tf.randomUniform([16, 8, 8, 2], -1, 1, 'float32', 7);
    const y = tf.tidy(() => tf.reshape(tf.mean(x, [1, 2, 3]), [16, 1]));
    const { history } = await model.fit(x, y, { epochs: 12, batchSize: 16, verbose: 0 });
    const losses = history.loss as number[];
    expect(losses[11]).to.be.lessThan(losses[0] * 0.5);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
  });
}
