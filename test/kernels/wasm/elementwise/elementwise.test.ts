// The elementwise programs, with every length, pattern and stride. They must write to their output alone.

import { expect } from 'chai';
import type { Conv } from '../../../../kernels/conv.js';
import type { Broadcast } from '../../../../kernels/epilogue.js';
import { applyEpilogue } from '../../../../kernels/js/epilogue.js';
import { addBroadcast, prelu } from '../../../../kernels/wasm/elementwise/activate.js';
import { binaryFlat } from '../../../../kernels/wasm/elementwise/binary.js';
import { type BinaryName, binaryFunctions } from '../../../../kernels/wasm/elementwise/binaryTable.js';
import { bools } from '../../../../kernels/wasm/elementwise/bools.js';
import { channelRow, fillNormalizeTable, normalize } from '../../../../kernels/wasm/elementwise/index.js';
import { unary, unaryNames } from '../../../../kernels/wasm/elementwise/unary.js';
import { mean } from '../../../../kernels/wasm/reduction/mean.js';
import { type ReduceName, reduce } from '../../../../kernels/wasm/reduction/reduce.js';
import { softmax } from '../../../../kernels/wasm/reduction/softmax.js';
import type { WasmDevice } from '../../../../src/engines/cpu/runtime/device.js';
import {
  applyUnary,
  describeVariants,
  Guarded,
  lengths,
  outputOf,
  put,
  ramp,
} from '../../../support/cpu/runElementwise.js';

describeVariants('elementwise programs', (device) => {
  it('every unary function: all lengths, in place, nothing written outside', () => {
    for (const name of unaryNames) {
      const all = applyUnary(device(), name, ramp(8200), 0.5, 2);
      for (const length of lengths) {
        const y = applyUnary(device(), name, ramp(length), 0.5, 2);
        expect(new Uint32Array(y.buffer), `${name} ${length}`).to.deep.equal(
          new Uint32Array(all.slice(0, length).buffer),
        );
        const same = outputOf(device(), name, length, (at) => {
          device().floats(at, length).set(ramp(length));
          unary(device(), name, { x: at, y: at, length, p: 0.5, q: 2 });
        });
        expect(new Uint32Array(same.buffer), `${name} ${length} in place`).to.deep.equal(new Uint32Array(y.buffer));
      }
    }
  });

  it('broadcast operands in place, in both data formats', () => {
    for (const dataFormat of ['NHWC', 'NCHW'] as const) {
      for (const [batch, outH, outW, outC] of [
        [1, 1, 1, 1],
        [2, 3, 4, 5],
        [1, 6, 5, 3],
        [2, 5, 1, 70],
        [1, 9, 9, 64],
      ]) {
        const conv = { dataFormat, batch, outH, outW, outC } as Conv;
        for (const strides of broadcastsOf(conv)) checkInPlace(device(), conv, strides);
      }
    }
  });

  it('every binary function: lengths, scalars, nothing written outside', () => {
    for (const name of Object.keys(binaryFunctions) as BinaryName[]) {
      for (const length of lengths) checkBinary(device(), name, length);
    }
  });

  it('reductions write their results alone', () => {
    for (const name of ['sum', 'mean', 'prod', 'max', 'min'] as const) {
      for (const [outer, length, inner] of [
        [3, 5, 1],
        [1, 9000, 1],
        [2, 300, 3],
        [2, 7, 37],
        [1, 600, 260],
        [5, 1, 9],
      ]) {
        const values = Float32Array.from({ length: outer * length * inner }, (_, i) => 1 + ((i * 31) % 17) / 1e4);
        const x = put(device(), values);
        const y = outputOf(device(), name, outer * inner, (to) =>
          name === 'mean'
            ? mean(device(), { x, y: to, outer, reduce: length, inner })
            : reduce(device(), name, { x, y: to, outer, reduce: length, inner }),
        );
        device().free(x);
        const want = reference(name, values, { outer, length, inner });
        for (let i = 0; i < y.length; i++) {
          expect(y[i], `${name} [${outer}, ${length}, ${inner}] at ${i}`).to.be.closeTo(
            want[i],
            3e-6 * Math.abs(want[i]),
          );
        }
      }
    }
  });

  it('softmax, normalize and booleans write their results alone', () => {
    for (const length of lengths) {
      const x = put(device(), ramp(2 * length));
      const y = outputOf(device(), 'softmax', 2 * length, (to) => softmax(device(), { x, y: to, rows: 2, length }));
      expect(
        y.reduce((a, b) => a + b, 0),
        `softmax ${length}`,
      ).to.be.closeTo(2, 1e-5);
      const parameters = { mean: [1, 2, 3], scale: [1, 0.5, 2], offset: [0, 1, 2] };
      const channels = length % 3 === 0 ? 3 : 1;
      const some = Object.fromEntries(Object.entries(parameters).map(([key, v]) => [key, v.slice(0, channels)]));
      const row = channelRow(channels, length);
      const table = device().alloc(12 * row);
      fillNormalizeTable(device().floats(table, 3 * row), some as typeof parameters);
      const z = outputOf(device(), 'normalize', length, (to) => normalize(device(), { x, y: to, length, table, row }));
      device().free(table);
      expect(z[length - 1], `normalize ${length}`).to.be.closeTo(
        (ramp(length)[length - 1] - parameters.mean[channels - 1]) * parameters.scale[channels - 1] +
          parameters.offset[channels - 1],
        1e-5,
      );
      device().free(x);
      checkBools(device(), length);
    }
  });
});

/**
 * One value, one per channel, per image, per pixel, per value, and strides that no tensor of the output's shape has.
 */
function broadcastsOf({ outH, outW, outC }: Conv): Broadcast[] {
  return [
    { strideN: 0, strideY: 0, strideX: 0, strideC: 0 },
    { strideN: 0, strideY: 0, strideX: 0, strideC: 1 },
    { strideN: outC, strideY: 0, strideX: 0, strideC: 1 },
    { strideN: 0, strideY: outW, strideX: 1, strideC: 0 },
    { strideN: outH * outW * outC, strideY: outW * outC, strideX: outC, strideC: 1 },
    { strideN: outH * outW * outC, strideY: outW, strideX: 1, strideC: outH * outW },
    { strideN: 0, strideY: 0, strideX: 3, strideC: 2 },
    { strideN: 0, strideY: 1, strideX: 0, strideC: 0 },
  ];
}

function checkInPlace(device: WasmDevice, conv: Conv, strides: Broadcast): void {
  const { dataFormat, batch, outH, outW, outC } = conv;
  const length = batch * outH * outW * outC;
  const reach =
    1 +
    (batch - 1) * strides.strideN +
    (outH - 1) * strides.strideY +
    (outW - 1) * strides.strideX +
    (outC - 1) * strides.strideC;
  const values = ramp(reach);
  const operand = put(device, values);
  for (const kind of ['prelu', 'add'] as const) {
    const title = `${kind} ${dataFormat} [${[batch, outH, outW, outC]}] ${JSON.stringify(strides)}`;
    const y = outputOf(device, title, length, (at) => {
      device.floats(at, length).set(ramp(length));
      (kind === 'prelu' ? prelu : addBroadcast)(device, { conv, y: at, operand, strides });
    });
    const want = ramp(length);
    const epilogue =
      kind === 'prelu'
        ? ({ activation: 'prelu', leakyAlpha: 0, prelu: strides } as const)
        : ({ activation: 'linear', leakyAlpha: 0, bias: strides } as const);
    applyEpilogue(conv, epilogue, want, { bias: values, prelu: values });
    expect(y, title).to.deep.equal(want);
  }
  device.free(operand);
}

const binaryReferences: Readonly<Partial<Record<BinaryName, (a: number, b: number) => number | boolean>>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
  prelu: (a, b) => (a < 0 ? a * b : a),
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
};

function checkBinary(device: WasmDevice, name: BinaryName, length: number): void {
  const [left, right] = [ramp(length), ramp(length).reverse()];
  const [a, b] = [put(device, left), put(device, right)];
  for (const pattern of ['vv', 'vs', 'sv'] as const) {
    const title = `${name} ${pattern} ${length}`;
    const isBool = binaryFunctions[name].output === 'bool';
    const y = new Guarded(device, (isBool ? 1 : 4) * length);
    binaryFlat(device, name, { a, b, y: y.address }, length, pattern);
    const bytes = y.read(title);
    const f = binaryReferences[name];
    if (!f) continue;
    const got = isBool ? new Uint8Array(bytes) : new Float32Array(bytes);
    const want = got.map((_, i) => +f(left[pattern === 'sv' ? 0 : i], right[pattern === 'vs' ? 0 : i]));
    expect(got, title).to.deep.equal(want);
  }
  device.free(a);
  device.free(b);
}

type FloatName = Exclude<ReduceName, `${string}Ints`> | 'mean';

function reference(
  name: FloatName,
  x: Float32Array,
  { outer, length, inner }: { outer: number; length: number; inner: number },
): number[] {
  const f = {
    sum: (a: number, b: number) => a + b,
    sumSquares: (a: number, b: number) => a + b,
    mean: (a: number, b: number) => a + b,
    prod: (a: number, b: number) => a * b,
    max: Math.max,
    min: Math.min,
  };
  return Array.from({ length: outer * inner }, (_, at) => {
    const first = Math.floor(at / inner) * length * inner + (at % inner);
    const valueAt = (i: number) => x[first + i * inner] ** (name === 'sumSquares' ? 2 : 1);
    let value = valueAt(0);
    for (let i = 1; i < length; i++) value = f[name](value, valueAt(i));
    return name === 'mean' ? value / length : value;
  });
}

function checkBools(device: WasmDevice, length: number): void {
  const [left, right] = [5, 3].map((n) => Uint8Array.from({ length }, (_, i) => +(i % n < 2)));
  const [a, b] = [left, right].map((values) => {
    const address = device.alloc(length);
    device.heap.bytes(address, length).set(values);
    return address;
  });
  const c = put(device, ramp(length));
  for (const name of ['and', 'not', 'toFloats', 'toInts', 'select'] as const) {
    const isByte = name === 'and' || name === 'not';
    const y = new Guarded(device, (isByte ? 1 : 4) * length);
    const operands = { a, b: isByte ? b : c, c, y: y.address, length };
    bools(device, name, operands);
    const bytes = y.read(`${name} ${length}`);
    const got = isByte ? new Uint8Array(bytes) : name === 'toInts' ? new Int32Array(bytes) : new Float32Array(bytes);
    const f = {
      and: (i: number) => left[i] & right[i],
      not: (i: number) => 1 - left[i],
      select: (i: number) => ramp(length)[i],
    };
    const value = name === 'toFloats' || name === 'toInts' ? (i: number) => left[i] : f[name];
    for (let i = 0; i < length; i += Math.max(1, length >> 4))
      expect(got[i], `${name} ${length} ${i}`).to.equal(value(i));
  }
  for (const address of [a, b, c]) device.free(address);
}
