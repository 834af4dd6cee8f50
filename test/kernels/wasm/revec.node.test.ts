// Vectors of 256 bits change no bit: every WebAssembly convolution kernel, compiled with and without them, on every case
// that it supports. A lane computes the same operations in the same order.

import { expect } from 'chai';
import { tileCandidates } from '../../../kernels/wasm/conv/tiles.js';
import * as wasm from '../../../kernels/wasm/index.js';
import { WasmDevice } from '../../../src/engines/cpu/runtime/device.js';
import { caseSets, resolved } from '../../support/cases.js';
import type { ConvCase } from '../../support/convCase.js';
import { wasmCases } from '../../support/cpu/wasmCases.js';
import { Operands, variants, weightStore } from '../../support/cpu/wasmDevices.js';
import { randomValues } from '../../support/randomCases.js';
import { sizeOf, wShape, xShape, yShape } from '../../support/reference.js';

type Kernel = {
  readonly name: string;
  supports(conv: ReturnType<typeof resolved>, context: wasm.ConvContext): boolean;
};
/** Computes the case and returns the result. */
type Run = (context: wasm.ConvContext, c: ConvCase, operands: Operands) => Float32Array;

const cases = [...caseSets, { cases: wasmCases }].flatMap((set) =>
  set.cases.filter(({ dataFormat }) => dataFormat === 'NHWC'),
);

describe('vectors of 256 bits', () => {
  for (const { title, features } of variants.filter(({ features }) => features.revec)) {
    // Tiles are chosen by their times. Both have the same here.
    const contexts = [features, { ...features, revec: false }].map((one) => wasm.makeContext(new WasmDevice(one)));
    const tiles = { ...contexts[0].tiles, wide: tileCandidates[1] };
    const [wide, plain] = contexts.map((context) => ({ ...context, tiles }));
    describe(title, () => {
      for (const [kernel, run] of kernelRuns()) {
        it(`${kernel.name} gives the same bits`, () => {
          const supported = cases.filter((c) => kernel.supports(resolved(c), wide));
          expect(supported.length).to.be.greaterThan(0);
          for (const c of supported) {
            const [actual, expected] = [wide, plain].map((context) => bitsOf(run, context, c));
            const at = expected.findIndex((bits, i) => bits !== actual[i]);
            expect(at, `${c.name}: bits differ at`).to.equal(-1);
          }
        });
      }
    });
  }
});

function bitsOf(run: Run, context: wasm.ConvContext, c: ConvCase): Int32Array {
  const operands = new Operands(context.device as WasmDevice);
  try {
    return new Int32Array(run(context, c, operands).buffer);
  } finally {
    operands.free();
  }
}

function kernelRuns(): (readonly [Kernel, Run])[] {
  const [xOf, wOf, yOf] = [xShape, wShape, yShape].map((shape) => (c: ConvCase) => sizeOf(shape(c)));
  const forward = wasm.forwardKernels.map((kernel): readonly [Kernel, Run] => [
    kernel,
    (context, c, operands) => {
      const y = operands.room(yOf(c));
      const [x, w] = [randomValues(xOf(c), 1), randomValues(wOf(c), 2)].map((values) => operands.put(values));
      const weights = weightStore(operands.device);
      kernel.run(context, resolved(c), { x, w, y, weights, low: -2, high: Number.POSITIVE_INFINITY });
      return operands.take(y, yOf(c));
    },
  ]);
  const gradInput = wasm.gradInputKernels.map((kernel): readonly [Kernel, Run] => [
    kernel,
    (context, c, operands) => {
      const dx = operands.room(xOf(c));
      const [dy, w] = [randomValues(yOf(c), 3), randomValues(wOf(c), 4)].map((values) => operands.put(values));
      kernel.run(context, resolved(c), { dy, w, dx, weights: weightStore(operands.device) });
      return operands.take(dx, xOf(c));
    },
  ]);
  const gradFilter = wasm.gradFilterKernels.map((kernel): readonly [Kernel, Run] => [
    kernel,
    (context, c, operands) => {
      const dw = operands.room(wOf(c));
      const [x, dy] = [randomValues(xOf(c), 5), randomValues(yOf(c), 6)].map((values) => operands.put(values));
      kernel.run(context, resolved(c), { x, dy, dw });
      return operands.take(dw, wOf(c));
    },
  ]);
  return [...forward, ...gradInput, ...gradFilter];
}
