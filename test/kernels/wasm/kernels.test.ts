// Every WebAssembly convolution kernel in every feature variant, on every case that it supports, against float64.

import { expect } from 'chai';
import { revecTile, tileCandidates } from '../../../kernels/wasm/conv/tiles.js';
import * as wasm from '../../../kernels/wasm/index.js';
import { WasmDevice } from '../../../src/engines/cpu/runtime/device.js';
import { type CaseSet, caseSets, expectClose, perCase, resolved } from '../../support/cases.js';
import type { ConvCase } from '../../support/convCase.js';
import { wasmCases } from '../../support/cpu/wasmCases.js';
import { Operands, type Variant, variants, weightStore } from '../../support/cpu/wasmDevices.js';
import { randomValues } from '../../support/randomCases.js';
import {
  referenceConv,
  referenceGradW,
  referenceGradX,
  sizeOf,
  wShape,
  xShape,
  yShape,
} from '../../support/reference.js';

const forward = perCase((c) => {
  const [x, w] = [randomValues(sizeOf(xShape(c)), 1), randomValues(sizeOf(wShape(c)), 2)];
  return { x, w, want: referenceConv(c, x, w) };
});

const withSlopes = perCase((c) => {
  const { x, w } = forward(c);
  const [bias, alpha] = [randomValues(c.outC, 7), randomValues(c.outC, 8)];
  return { x, w, bias, alpha, want: referenceConv(c, x, w, { bias, activation: 'prelu', alpha: [...alpha] }) };
});

const gradX = perCase((c) => {
  const [dy, w] = [randomValues(sizeOf(yShape(c)), 3), randomValues(sizeOf(wShape(c)), 4)];
  return { dy, w, want: referenceGradX(c, dy, w) };
});

const gradW = perCase((c) => {
  const [x, dy] = [randomValues(sizeOf(xShape(c)), 5), randomValues(sizeOf(yShape(c)), 6)];
  return { x, dy, want: referenceGradW(c, x, dy) };
});

/** The kernels that depend on the tiles. */
const usesTiles = /winograd|conv2d|gradInput$|depthwise$/i;

describe('kernels/wasm', () => {
  for (const variant of variants) describe(variant.title, () => runVariant(variant));
});

function runVariant(variant: Variant): void {
  const context = wasm.makeContext(new WasmDevice(variant.features));
  runContext(context);
  for (const wide of tileCandidates) {
    const isChosen = wide.mr === context.tiles.wide.mr && wide.nr === context.tiles.wide.nr;
    const tiles = { ...context.tiles, wide };
    if (!isChosen) describe(`${wide.mr}x${wide.nr} tiles`, () => runContext({ ...context, tiles }, usesTiles));
  }
  for (const widest of [true, false].map((fma) => revecTile({ fma }))) {
    const tiles = { ...context.tiles, widest };
    describe(`${widest.mr}x16 tiles`, () => runContext({ ...context, tiles }, usesTiles));
  }
  describe('Winograd F(2x2, 3x3)', () => runContext({ ...context, winograd: 'f2' }, /winograd/i));
}

/** @param names Matches the names of the kernels to run. */
function runContext(context: wasm.ConvContext, names = /./): void {
  const device = context.device as WasmDevice;
  const weights = weightStore(device);
  const named = <K extends Kernel>(kernels: readonly K[]) => kernels.filter(({ name }) => names.test(name));
  for (const set of [...caseSets, { title: `${wasmCases.length} cases at the edges of tiles`, cases: wasmCases }]) {
    describe(set.title, () => {
      forEachSupported(context, named(wasm.forwardKernels), set, (kernel, c, operands) => {
        const { x, w, want } = forward(c);
        const y = operands.room(sizeOf(yShape(c)));
        const addresses = { x: operands.put(x), w: operands.put(w), y, weights };
        kernel.run(context, resolved(c), { ...addresses, low: -Infinity, high: Infinity });
        expectClose(c.name, operands.take(y, sizeOf(yShape(c))), want, slackOf(kernel));
      });
      const sloped = named(wasm.forwardKernels).filter(({ appliesSlopes }) => appliesSlopes);
      forEachSupported(context, sloped, set, (kernel, c, operands) => {
        const { x, w, bias, alpha, want } = withSlopes(c);
        const y = operands.room(sizeOf(yShape(c)));
        const addresses = { x: operands.put(x), w: operands.put(w), y, weights, bias: operands.put(bias) };
        const slopes = operands.put(alpha);
        kernel.run(context, resolved(c), { ...addresses, slopes, low: 0, high: 0 });
        expectClose(`${c.name} with slopes`, operands.take(y, sizeOf(yShape(c))), want, slackOf(kernel));
      });
      forEachSupported(context, named(wasm.gradInputKernels), set, (kernel, c, operands) => {
        const { dy, w, want } = gradX(c);
        const dx = operands.room(sizeOf(xShape(c)));
        kernel.run(context, resolved(c), { dy: operands.put(dy), w: operands.put(w), dx, weights });
        expectClose(c.name, operands.take(dx, sizeOf(xShape(c))), want, slackOf(kernel));
      });
      forEachSupported(context, named(wasm.gradFilterKernels), set, (kernel, c, operands) => {
        const { x, dy, want } = gradW(c);
        const dw = operands.room(sizeOf(wShape(c)));
        kernel.run(context, resolved(c), { x: operands.put(x), dy: operands.put(dy), dw });
        expectClose(c.name, operands.take(dw, sizeOf(wShape(c))), want, slackOf(kernel));
      });
    });
  }
}

/** Winograd's transforms round more than sums of products. */
function slackOf({ name }: { readonly name: string }): number {
  return /winograd/i.test(name) ? 200 : 16;
}

interface Kernel {
  readonly name: string;
  supports(conv: ReturnType<typeof resolved>, context: wasm.ConvContext): boolean;
}

/** One test for each kernel, which reports the first case that fails. Every kernel must find cases in wasmCases. */
function forEachSupported<K extends Kernel>(
  context: wasm.ConvContext,
  kernels: readonly K[],
  { cases }: CaseSet,
  check: (kernel: K, c: ConvCase, operands: Operands) => void,
): void {
  const operands = new Operands(context.device as WasmDevice);
  const nhwc = cases.filter(({ dataFormat }) => dataFormat === 'NHWC');
  for (const kernel of kernels) {
    const supported = nhwc.filter((c) => kernel.supports(resolved(c), context));
    if (supported.length === 0 && cases !== wasmCases) continue;
    it(`${kernel.name}, ${supported.length} cases`, () => {
      expect(supported.length).to.be.greaterThan(0);
      for (const c of supported) {
        try {
          check(kernel, c, operands);
        } finally {
          operands.free();
        }
      }
    });
  }
}
