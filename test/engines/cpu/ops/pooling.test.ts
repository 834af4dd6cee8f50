// Pooling and its gradients: every variant of the programs against plain loops, and the ops against the official
// backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Features } from '../../../../kernels/wasm/emit/index.js';
import * as pool from '../../../../kernels/wasm/pooling/pool.js';
import { registerConvnetCpu } from '../../../../src/backend/cpu.js';
import { poolingKernels } from '../../../../src/engines/cpu/ops/pooling/index.js';
import { WasmDevice } from '../../../../src/engines/cpu/runtime/device.js';
import { cpuOptions } from '../../../../src/engines/cpu/runtime/openDevice.js';
import { expectPool } from '../../../fuzz/families/pool.js';
import { useBackend } from '../../../support/backends.js';
import type { ConvCase } from '../../../support/convCase.js';
import { randomValues } from '../../../support/randomCases.js';
import { sizeOf, xShape, yShape } from '../../../support/reference.js';

const channelCounts = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 32, 33];
const variants: readonly Features[] = [
  { fma: false, shared: false },
  { fma: true, shared: false },
  { fma: true, shared: true },
];
const geometry = {
  batch: 2,
  inH: 5,
  inW: 6,
  kH: 3,
  kW: 2,
  strideH: 2,
  strideW: 1,
  padTop: 1,
  padLeft: 1,
  outH: 3,
  outW: 7,
};

/** Calls f with the number, in x and in y, of each pixel of each window. */
function eachTap(p: pool.Pooling, f: (ix: number, iy: number) => void): void {
  for (let n = 0; n < p.batch; n++) {
    for (let oy = 0; oy < p.outH; oy++) {
      for (let ox = 0; ox < p.outW; ox++) {
        for (let y = oy * p.strideH - p.padTop, ky = 0; ky < p.kH; ky++, y++) {
          for (let x = ox * p.strideW - p.padLeft, kx = 0; kx < p.kW; kx++, x++) {
            if (y < 0 || y >= p.inH || x < 0 || x >= p.inW) continue;
            f((n * p.inH + y) * p.inW + x, (n * p.outH + oy) * p.outW + ox);
          }
        }
      }
    }
  }
}

const sentinel = 0x7fc0dead;
const margin = 64;

/** Returns the `length` floats that `launch` writes. Fails if anything around them has changed. */
function written(device: WasmDevice, length: number, launch: (to: number) => void): number[] {
  const area = device.alloc(4 * (length + 2 * margin));
  const ints = () => [...device.ints(area, length + 2 * margin)];
  device.ints(area, length + 2 * margin).fill(sentinel);
  launch(area + 4 * margin);
  const around = ints().filter((_, i) => i < margin || i >= margin + length);
  expect(
    around.every((value) => value === sentinel),
    'written outside',
  ).to.equal(true);
  const values = [...device.floats(area + 4 * margin, length)];
  device.free(area);
  return values;
}

for (const features of variants) {
  describe(`pooling programs, fma ${features.fma}, shared ${features.shared}`, () => {
    const device = new WasmDevice(features);
    for (const channels of channelCounts) {
      it(`${channels} channels`, () => checkPrograms(device, { ...geometry, channels }));
    }
  });
}

function checkPrograms(device: WasmDevice, p: pool.Pooling): void {
  const inLength = p.batch * p.inH * p.inW * p.channels;
  const outLength = p.batch * p.outH * p.outW * p.channels;
  const xValues = randomValues(inLength, 1);
  const dyValues = randomValues(outLength, 2);
  const max = Array<number>(outLength).fill(Number.NEGATIVE_INFINITY);
  const place = Array<number>(outLength).fill(0);
  const sum = Array<number>(outLength).fill(0);
  const count = Array<number>(outLength).fill(0);
  const sumGrad = Array<number>(inLength).fill(0);
  const maxGrad = Array<number>(inLength).fill(0);
  eachTap(p, (ix, iy) => {
    for (let c = 0; c < p.channels; c++) {
      const [i, o] = [ix * p.channels + c, iy * p.channels + c];
      if (xValues[i] > max[o]) place[o] = i;
      max[o] = Math.max(max[o], xValues[i]);
      sum[o] += xValues[i];
      count[o]++;
      sumGrad[i] += dyValues[o];
    }
  });
  for (const [o, i] of place.entries()) maxGrad[i] += dyValues[o];
  const x = device.alloc(4 * inLength);
  const dy = device.alloc(4 * outLength);
  device.floats(x, inLength).set(xValues);
  device.floats(dy, outLength).set(dyValues);
  const used = device.heap.usedBytes;
  expectNear(
    written(device, outLength, (y) => pool.maxPool(device, p, { x, y })),
    max,
  );
  const mean = sum.map((value, i) => value / count[i]);
  expectNear(
    written(device, outLength, (y) => pool.avgPool(device, p, { x, y })),
    mean,
  );
  expectNear(
    written(device, inLength, (dx) => pool.maxPoolGrad(device, p, { x, dy, dx })),
    maxGrad,
  );
  const even = sumGrad.map((value) => value / (p.kH * p.kW));
  expectNear(
    written(device, inLength, (dx) => pool.avgPoolGrad(device, p, { dy, dx })),
    even,
  );
  expect(device.heap.usedBytes, 'scratch left behind').to.equal(used);
  device.free(x);
  device.free(dy);
}

function expectNear(actual: readonly number[], expected: readonly number[], what = ''): void {
  expect(actual.length, what).to.equal(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const isNear =
      Number.isFinite(expected[i]) && Math.abs(actual[i] - expected[i]) <= 1e-6 * (1 + Math.abs(expected[i]));
    if (!isNear && !Object.is(actual[i], expected[i]))
      expect.fail(`${what}: value ${i} is ${actual[i]}, expected ${expected[i]}`);
  }
}

type Pad = Parameters<typeof tf.maxPool>[3];
interface PoolCase {
  readonly shape: readonly number[];
  readonly k: number | [number, number];
  readonly s: number | [number, number];
  readonly pad: Pad;
  readonly rounding?: 'floor' | 'round' | 'ceil';
}

const shapes = [...channelCounts.map((c) => [2, 7, 6, c]), [1, 1, 1, 3], [3, 1, 9, 4], [0, 5, 5, 2], [1, 5, 5, 0]];
const windows: readonly Omit<PoolCase, 'shape'>[] = [
  { k: 2, s: 2, pad: 'valid' },
  { k: 2, s: 2, pad: 'same' },
  { k: 3, s: 2, pad: 'same' },
  { k: 3, s: 1, pad: 'same' },
  { k: [3, 2], s: [1, 3], pad: 'same' },
  { k: 1, s: 1, pad: 'same' },
  { k: 1, s: 2, pad: 'valid' },
  { k: 5, s: 2, pad: 2, rounding: 'floor' },
  { k: 3, s: 2, pad: 1, rounding: 'ceil' },
  {
    k: [2, 3],
    s: 1,
    pad: [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ] as Pad,
    rounding: 'floor',
  },
  {
    k: 2,
    s: 1,
    pad: [
      [0, 0],
      [3, 2],
      [0, 4],
      [0, 0],
    ] as Pad,
    rounding: 'floor',
  },
];

const cases: readonly PoolCase[] = [
  ...shapes.flatMap((shape) => windows.map((w) => ({ shape, ...w }))),
  ...channelCounts.map((c) => ({ shape: [2, 7, 6, c], k: [7, 6] as [number, number], s: 1, pad: 'valid' as const })),
  { shape: [1, 40, 41, 3], k: [40, 41], s: 1, pad: 'valid' },
  { shape: [1, 33, 35, 24], k: 3, s: 2, pad: 'same' },
];

/** The case as the reference takes it. */
function convCaseOf({ shape, k, s, pad, rounding }: PoolCase): ConvCase {
  const [batch, inH, inW, channels] = shape;
  const [kH, kW] = [k].flat().length === 1 ? [k as number, k as number] : (k as [number, number]);
  const strides = typeof s === 'number' ? ([s, s] as const) : s;
  const [, rows, columns] = typeof pad === 'object' ? pad : [[], [0, 0], [0, 0]];
  return {
    name: JSON.stringify({ shape, k, s, pad }),
    ...{ batch, inH, inW, inC: channels, outC: channels, groups: channels, kH, kW, strides, dilations: [1, 1] },
    pad: typeof pad === 'object' ? { top: rows[0], bottom: rows[1], left: columns[0], right: columns[1] } : pad,
    dataFormat: 'NHWC',
    ...(rounding && { dimRoundingMode: rounding }),
  };
}

const ours = 'convnet-cpu-pooling';
registerConvnetCpu(ours, cpuOptions());

describe('pooling ops', () => {
  useBackend(ours);
  before(() => {
    for (const kernel of poolingKernels) {
      tf.unregisterKernel(kernel.kernelName, ours);
      tf.registerKernel({ ...kernel, backendName: ours });
    }
  });

  type Run = (x: tf.Tensor4D, c: PoolCase) => tf.Tensor;
  const grad =
    (op: Run): Run =>
    (x, c) =>
      tf.grad((some: tf.Tensor) => {
        const y = op(some as tf.Tensor4D, c);
        return tf.mul(y, tf.reshape(tf.tensor(randomValues(y.size, 5)), y.shape));
      })(x);
  const max: Run = (x, { k, s, pad, rounding }) => tf.maxPool(x, k, s, pad, rounding);
  const avg: Run = (x, { k, s, pad, rounding }) => tf.avgPool(x, k, s, pad, rounding);
  const ops: readonly [string, Run][] = [
    ['maxPool', max],
    ['avgPool', avg],
  ];

  /** The op's values, or the message of its error. */
  const attempt = (op: Run, c: PoolCase, values: (length: number) => Float32Array) => {
    try {
      return tf.tidy(() => {
        const length = c.shape.reduce((product, n) => product * n, 1);
        const y = op(tf.tensor4d(values(length), c.shape as [number, number, number, number]), c);
        return { shape: y.shape, values: [...y.dataSync()] };
      });
    } catch (error) {
      return { shape: (error as Error).message, values: [] };
    }
  };

  for (const [name, op] of ops) {
    it(`${name}, ${cases.length} cases`, async () => {
      for (const values of [(n: number) => randomValues(n, 3), quantized]) {
        await tf.setBackend('cpu');
        const expected = cases.map((c) => attempt(op, c, values));
        await tf.setBackend(ours);
        for (const [i, c] of cases.entries()) {
          const actual = attempt(op, c, values);
          expect(actual.shape, JSON.stringify(c)).to.deep.equal(expected[i].shape);
          expectNear(actual.values, expected[i].values, JSON.stringify(c));
        }
      }
    });
  }

  // TensorFlow.js's own gradients forget rounding modes, and divide averages by more pixels than were averaged.
  for (const [kind, op] of [
    ['max', grad(max)],
    ['avg', grad(avg)],
  ] as const) {
    it(`${kind}Pool gradient, ${cases.length} cases`, () => {
      for (const values of [(n: number) => randomValues(n, 3), quantized]) {
        for (const c of cases.filter(({ shape }) => !shape.includes(0))) {
          const actual = attempt(op, c, values);
          const problem = convCaseOf(c);
          const x = values(sizeOf(xShape(problem)));
          const [, dx] = expectPool(problem, kind, x, randomValues(sizeOf(yShape(problem)), 5));
          expect(actual.shape, JSON.stringify(c)).to.deep.equal(dx.shape);
          expectNear(actual.values, Array.from(dx.values), JSON.stringify(c));
        }
      }
    });
  }

  it('gradients of empty images are empty', () => {
    for (const c of cases.filter(({ shape }) => shape.includes(0))) {
      for (const op of [grad(max), grad(avg)]) expect(attempt(op, c, quantized).shape).to.deep.equal(c.shape);
    }
  });

  it('NaN and infinities', async () => {
    const odd = (n: number) => {
      const values = randomValues(n, 4);
      for (let i = 0; i < n; i++) if (i % 5 < 3) values[i] = [Number.NaN, 1 / 0, -1 / 0][(i * 7) % 3];
      return values;
    };
    const few = cases.filter(({ shape }) => shape[3] === 5 || shape[3] === 17);
    // The official gradients of averages are wrong at borders, and that of the maximum where sizes are rounded up.
    const plain = few.filter(({ rounding }) => rounding !== 'ceil');
    for (const [name, op, some] of [
      ['maxPool', max, few],
      ['avgPool', avg, few],
      ['maxPool gradient', grad(max), plain],
    ] as const) {
      await tf.setBackend('cpu');
      const expected = some.map((c) => attempt(op, c, odd));
      await tf.setBackend(ours);
      for (const [i, c] of some.entries()) {
        expectNear(attempt(op, c, odd).values, expected[i].values, `${name} ${JSON.stringify(c)}`);
      }
    }
  });

  it('integers go to the official kernel', async () => {
    const integers = () =>
      tf.tidy(() => [
        ...tf.maxPool(tf.range(0, 32, 1, 'int32').reshape<tf.Tensor4D>([1, 4, 4, 2]), 2, 2, 'valid').dataSync(),
      ]);
    await tf.setBackend('cpu');
    const expected = integers();
    await tf.setBackend(ours);
    expect(integers()).to.deep.equal(expected);
  });
});

/** Few different values, so that many windows have their greatest value more than once. */
function quantized(length: number): Float32Array {
  return randomValues(length, 6).map((value) => Math.round(2 * value));
}
