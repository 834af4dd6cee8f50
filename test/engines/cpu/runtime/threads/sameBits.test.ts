// Every convolution kernel gives the same bits on one, two and three threads.

import { expect } from 'chai';
import * as wasm from '../../../../../kernels/wasm/index.js';
import { caseSets, resolved } from '../../../../support/cases.js';
import { canShare, collectThreads, eagerDevice } from '../../../../support/cpu/threadPrograms.js';
import { wasmCases } from '../../../../support/cpu/wasmCases.js';
import { Operands, weightStore } from '../../../../support/cpu/wasmDevices.js';
import { randomValues } from '../../../../support/randomCases.js';
import { sizeOf, wShape, xShape, yShape } from '../../../../support/reference.js';

type Case = (typeof wasmCases)[number];
type Run = (context: wasm.ConvContext, c: Case, operands: Operands) => Float32Array;

interface Kernel {
  readonly name: string;
  supports(conv: ReturnType<typeof resolved>, context: wasm.ConvContext): boolean;
}

const values = (shape: readonly number[], seed: number) => randomValues(sizeOf(shape), seed);

function forward(kernel: (typeof wasm.forwardKernels)[number]): Run {
  return (context, c, operands) => {
    const y = operands.room(sizeOf(yShape(c)));
    const [x, w] = [operands.put(values(xShape(c), 1)), operands.put(values(wShape(c), 2))];
    const weights = weightStore(operands.device);
    kernel.run(context, resolved(c), { x, w, y, weights, low: -Infinity, high: Infinity });
    return operands.take(y, sizeOf(yShape(c)));
  };
}

function gradInput(kernel: (typeof wasm.gradInputKernels)[number]): Run {
  return (context, c, operands) => {
    const dx = operands.room(sizeOf(xShape(c)));
    const [dy, w] = [operands.put(values(yShape(c), 3)), operands.put(values(wShape(c), 4))];
    kernel.run(context, resolved(c), { dy, w, dx, weights: weightStore(operands.device) });
    return operands.take(dx, sizeOf(xShape(c)));
  };
}

function gradFilter(kernel: (typeof wasm.gradFilterKernels)[number]): Run {
  return (context, c, operands) => {
    const dw = operands.room(sizeOf(wShape(c)));
    const [x, dy] = [operands.put(values(xShape(c), 5)), operands.put(values(yShape(c), 6))];
    kernel.run(context, resolved(c), { x, dy, dw });
    return operands.take(dw, sizeOf(wShape(c)));
  };
}

describe('kernels on threads', () => {
  if (!canShare) return; // one thread then
  const counts = [1, 2, 3];
  const devices = counts.map((threads) => eagerDevice(threads));
  const [first, ...others] = devices.map((device) => wasm.makeContext(device));
  // Tiles are chosen by timing, and another tile may add in another order.
  const contexts = [first, ...others.map((context) => ({ ...context, tiles: first.tiles }))];
  const cases = [...caseSets[0].cases, ...wasmCases];

  before(async () => {
    for (const [i, device] of devices.entries())
      expect(await collectThreads(device, counts[i])).to.have.length(counts[i]);
  });
  after(() => {
    for (const device of devices) device.close();
  });

  const same = (kernel: Kernel, run: Run) => {
    it(`${kernel.name}: ${counts.join(', ')} threads`, () => {
      const supported = cases.filter((c) => contexts.every((context) => kernel.supports(resolved(c), context)));
      expect(supported, 'cases').to.not.have.length(0);
      for (const c of supported) {
        const [alone, ...shared] = contexts.map((context) => bitsOf(context, (operands) => run(context, c, operands)));
        for (const [i, bits] of shared.entries()) {
          const wrong = bits.findIndex((value, at) => value !== alone[at]);
          expect(wrong, `${c.name}, ${counts[i + 1]} threads: first value that differs`).to.equal(-1);
        }
      }
    });
  };
  for (const kernel of wasm.forwardKernels) same(kernel, forward(kernel));
  for (const kernel of wasm.gradInputKernels) same(kernel, gradInput(kernel));
  for (const kernel of wasm.gradFilterKernels) same(kernel, gradFilter(kernel));
});

function bitsOf(context: wasm.ConvContext, run: (operands: Operands) => Float32Array): Int32Array {
  const operands = new Operands(context.device as Operands['device']);
  try {
    return new Int32Array(run(operands).buffer);
  } finally {
    operands.free();
  }
}
