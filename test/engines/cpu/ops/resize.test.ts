// Resizing and its gradients: every variant of the programs stays in its bounds, and the ops equal the official ones.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { bilinearSamples } from '../../../../kernels/resizeSamples.js';
import type { Features } from '../../../../kernels/wasm/emit/index.js';
import { resizeBilinear } from '../../../../kernels/wasm/resize/resizeBilinear.js';
import { resizeGrad } from '../../../../kernels/wasm/resize/resizeGrad.js';
import { registerConvnetCpu } from '../../../../src/backend/cpu.js';
import { resizeKernels } from '../../../../src/engines/cpu/ops/resize/index.js';
import { WasmDevice } from '../../../../src/engines/cpu/runtime/device.js';
import { cpuOptions } from '../../../../src/engines/cpu/runtime/openDevice.js';
import { expectResize } from '../../../fuzz/families/resize.js';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';

const channelCounts = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 32, 33];
const variants: readonly Features[] = [
  { fma: false, shared: false },
  { fma: true, shared: false },
  { fma: true, shared: true },
];

const sentinel = 0x7fc0dead;
const margin = 64;

/** Returns the `length` floats that `launch` writes. Fails if anything around them has changed. */
function written(device: WasmDevice, length: number, launch: (to: number) => void): number[] {
  const area = device.alloc(4 * (length + 2 * margin));
  device.ints(area, length + 2 * margin).fill(sentinel);
  launch(area + 4 * margin);
  const around = [...device.ints(area, length + 2 * margin)].filter((_, i) => i < margin || i >= margin + length);
  expect(
    around.every((value) => value === sentinel),
    'written outside',
  ).to.equal(true);
  const values = [...device.floats(area + 4 * margin, length)];
  device.free(area);
  return values;
}

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string, tolerance = 2e-6): void {
  expect(actual.length, what).to.equal(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const bound = tolerance * (1 + Math.abs(expected[i]));
    const close = Object.is(actual[i], expected[i]) || Math.abs(actual[i] - expected[i]) <= bound;
    if (!close) expect.fail(`${what}: value ${i} is ${actual[i]}, expected ${expected[i]}`);
  }
}

for (const features of variants) {
  describe(`resize programs, fma ${features.fma}, shared ${features.shared}`, () => {
    const device = new WasmDevice(features);
    for (const channels of channelCounts) it(`${channels} channels`, () => checkPrograms(device, channels));
  });
}

/**
 * Interpolation against plain loops, and its gradient against the interpolation: <dy, resize(x)> = <gradient(dy), x>.
 */
function checkPrograms(device: WasmDevice, channels: number): void {
  const [batch, inH, inW, outH, outW] = [2, 3, 4, 5, 7];
  const plain = { alignCorners: false, halfPixelCenters: false };
  const rows = bilinearSamples(inH, outH, plain);
  const columns = bilinearSamples(inW, outW, plain);
  const [inLength, outLength] = [batch * inH * inW * channels, batch * outH * outW * channels];
  const xValues = randomValues(inLength, 1);
  const dyValues = randomValues(outLength, 2);
  const x = device.alloc(4 * inLength);
  const dy = device.alloc(4 * outLength);
  device.floats(x, inLength).set(xValues);
  device.floats(dy, outLength).set(dyValues);
  const used = device.heap.usedBytes;
  const y = written(device, outLength, (to) =>
    resizeBilinear(device, { x, y: to }, { batch, inH, inW, channels, rows, columns }),
  );
  const expected = Array.from({ length: outLength }, (_, i) => {
    const [c, column, row] = [
      i % channels,
      columns[Math.floor(i / channels) % outW],
      rows[Math.floor(i / channels / outW) % outH],
    ];
    const n = Math.floor(i / channels / outW / outH);
    const at = (iy: number, ix: number) => xValues[((n * inH + iy) * inW + ix) * channels + c];
    const line = (iy: number) => at(iy, column.low) * (1 - column.fraction) + at(iy, column.high) * column.fraction;
    return line(row.low) * (1 - row.fraction) + line(row.high) * row.fraction;
  });
  expectNear(y, expected, 'y');
  const shares = (samples: typeof rows, size: number) =>
    Array.from({ length: size }, (_, i) =>
      samples.flatMap(({ low, high, fraction }, index) => [
        ...(low === i ? [{ index, weight: 1 - fraction }] : []),
        ...(high === i ? [{ index, weight: fraction }] : []),
      ]),
    );
  const spreading = { batch, dyH: outH, dyW: outW, channels, rows: shares(rows, inH), columns: shares(columns, inW) };
  const dx = written(device, inLength, (to) => resizeGrad(device, { dy, dx: to }, spreading));
  const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
  expectNear([product(dx, xValues)], [product(dyValues, y)], 'the gradient', 1e-5);
  expect(device.heap.usedBytes, 'scratch left behind').to.equal(used);
  device.free(x);
  device.free(dy);
}

const ours = 'convnet-cpu-resize';
registerConvnetCpu(ours, cpuOptions());

type Shape = readonly [number, number, number, number];
interface ResizeCase {
  readonly shape: Shape;
  readonly size: readonly [number, number];
}

const cases: readonly ResizeCase[] = [
  ...channelCounts.map((c): ResizeCase => ({ shape: [2, 4, 5, c], size: [8, 10] })),
  ...channelCounts.map((c): ResizeCase => ({ shape: [1, 7, 7, c], size: [3, 5] })),
  { shape: [1, 1, 1, 3], size: [4, 4] },
  { shape: [1, 5, 5, 3], size: [1, 1] },
  { shape: [1, 6, 6, 2], size: [6, 6] },
  { shape: [1, 9, 9, 2], size: [13, 4] },
  { shape: [1, 2, 2, 4], size: [31, 17] },
  { shape: [0, 2, 2, 4], size: [3, 3] },
  { shape: [1, 2, 2, 0], size: [3, 3] },
];

type Resize = (
  x: tf.Tensor4D,
  size: [number, number],
  alignCorners?: boolean,
  halfPixelCenters?: boolean,
) => tf.Tensor4D;
type Values = (length: number) => Float32Array;
const random: Values = (length) => randomValues(length, 7);
const odd: Values = (length) =>
  random(length).map((value, i) => (i % 9 < 3 ? [Number.NaN, 1 / 0, -1 / 0][i % 3] : value));

describe('resize ops', () => {
  useBackend(ours);
  before(() => {
    for (const kernel of resizeKernels) {
      tf.unregisterKernel(kernel.kernelName, ours);
      tf.registerKernel({ ...kernel, backendName: ours });
    }
  });

  const ops: readonly [string, Resize][] = [
    ['resizeBilinear', tf.image.resizeBilinear],
    ['resizeNearestNeighbor', tf.image.resizeNearestNeighbor],
  ];
  const alignments = [
    [false, false],
    [true, false],
    [false, true],
  ] as const;

  const results = (some: readonly ResizeCase[], values: Values, op: (x: tf.Tensor4D, c: ResizeCase) => tf.Tensor) =>
    some.map((c) =>
      tf.tidy(() => {
        const length = c.shape.reduce((product, n) => product * n, 1);
        const y = op(tf.tensor4d(values(length), [...c.shape]), c);
        return { shape: y.shape, values: [...y.dataSync()] };
      }),
    );

  const compare = async (
    some: readonly ResizeCase[],
    values: Values,
    op: (x: tf.Tensor4D, c: ResizeCase) => tf.Tensor,
  ) => {
    await tf.setBackend('cpu');
    const expected = results(some, values, op);
    await tf.setBackend(ours);
    for (const [i, actual] of results(some, values, op).entries()) {
      expect(actual.shape).to.deep.equal(expected[i].shape);
      expectNear(actual.values, expected[i].values, JSON.stringify(some[i]), 1e-5);
    }
  };

  const gradOf = (op: Resize, x: tf.Tensor4D, { size }: ResizeCase, alignCorners: boolean, half: boolean) =>
    tf.grad((some: tf.Tensor) => {
      const y = op(some as tf.Tensor4D, [...size], alignCorners, half);
      return tf.mul(y, tf.reshape(tf.tensor(randomValues(y.size, 8)), y.shape));
    })(x);

  for (const [name, op] of ops) {
    for (const [alignCorners, half] of alignments) {
      const title = `${name}, alignCorners ${alignCorners}, halfPixelCenters ${half}`;
      it(`${title}, ${cases.length} cases`, async () => {
        const run = (x: tf.Tensor4D, { size }: ResizeCase) => op(x, [...size], alignCorners, half);
        await compare(cases, random, run);
        await compare(cases, odd, run);
      });

      const some = cases.filter(({ shape }) => !shape.includes(0));
      it(`${title}, gradient, ${some.length} cases`, () => {
        for (const c of some) {
          const kind = name === 'resizeBilinear' ? 'bilinear' : 'nearest';
          const resize = { kind, from: c.shape, size: c.size, alignCorners, halfPixelCenters: half } as const;
          const outSize = c.shape[0] * c.size[0] * c.size[1] * c.shape[3];
          const x = random(c.shape.reduce((product, n) => product * n, 1));
          const [, dx] = expectResize(resize, x, randomValues(outSize, 8));
          const [actual] = results([c], random, (images) => gradOf(op, images, c, alignCorners, half));
          for (const [i, value] of actual.values.entries()) {
            if (Math.abs(value - dx.values[i]) <= dx.tolerance(i)) continue;
            expect.fail(`${JSON.stringify(c)}: value ${i} is ${value}, expected ${dx.values[i]} +- ${dx.tolerance(i)}`);
          }
        }
      });
    }

    it(`${name}, gradient of a batch of oblong images`, () => {
      tf.tidy(() => {
        for (const c of cases.filter(({ shape }) => shape[0] > 0 && shape[3] > 0)) {
          const values = random(c.shape.reduce((product, n) => product * n, 1));
          const x = tf.tensor4d(values, [...c.shape]);
          const dx = gradOf(op, x, c, true, false);
          expect(dx.shape).to.deep.equal(c.shape);
          // Resizing is linear: <gradient, x> is the value of the function.
          const y = op(x, [...c.size], true, false);
          const dy = tf.reshape(tf.tensor(randomValues(y.size, 8)), y.shape);
          const [left, right] = [tf.sum(tf.mul(dx, x)), tf.sum(tf.mul(dy, y))].map((t) => t.dataSync());
          expectNear(left, right, JSON.stringify(c), 1e-4);
        }
      });
    });
  }

  it('integers', async () => {
    const values: Values = (length) => Float32Array.from({ length }, (_, i) => i);
    for (const [, op] of ops) await compare(cases, values, (x, { size }) => op(tf.cast(x, 'int32'), [...size]));
  });
});
