// Every shortcut of the WebAssembly convolutions, on cases just inside and just outside each of its conditions: the
// programs that run are the expected ones, and the output and both gradients are right.

import { expect } from 'chai';
import * as wasm from '../../../kernels/wasm/index.js';
import { select } from '../../../src/core/select.js';
import { WasmDevice } from '../../../src/engines/cpu/runtime/device.js';
import { expectClose, resolved } from '../../support/cases.js';
import { type Shortcut, shortcuts } from '../../support/cpu/shortcuts.js';
import { Operands, type Variant, variants, weightStore } from '../../support/cpu/wasmDevices.js';
import { randomValues } from '../../support/randomCases.js';
import {
  type ReferenceResult,
  referenceConv,
  referenceGradW,
  referenceGradX,
  sizeOf,
  wShape,
  xShape,
  yShape,
} from '../../support/reference.js';

/** Notes the programs that it launches. */
class WatchedDevice extends WasmDevice {
  readonly launched: string[] = [];

  override launch: WasmDevice['launch'] = (program, args, work) => {
    const { segments } = args as { readonly segments?: number };
    this.launched.push(program.name, ...(segments === undefined ? [] : [`segments=${segments}`]));
    super.launch(program, args, work);
  };
}

describe('shortcuts of the WebAssembly convolutions', () => {
  for (const variant of variants) describe(variant.title, () => runVariant(variant));
});

function runVariant({ features }: Variant): void {
  const device = new WatchedDevice(features);
  const context = wasm.makeContext(device);
  for (const { title, rows } of shortcuts) {
    it(title, () => {
      for (const row of rows) runRow(device, context, row);
    });
  }
}

function runRow(device: WatchedDevice, context: wasm.ConvContext, row: Shortcut): void {
  const { c, y, dx, dw } = row;
  const conv = resolved(c);
  const weights = weightStore(device);
  const operands = new Operands(device);
  const [images, filter] = [randomValues(sizeOf(xShape(c)), 1), randomValues(sizeOf(wShape(c)), 2)];
  const gradient = randomValues(sizeOf(yShape(c)), 3);
  const check = (what: string, programs: readonly string[], expected: ReferenceResult, run: (to: number) => string) => {
    const size = expected.values.length;
    const to = operands.room(size);
    device.launched.length = 0;
    const kernel = run(to);
    const title = `${what} of ${c.name}`;
    for (const program of programs) expectProgram(title, program, [kernel, ...device.launched]);
    const isWinograd = /winograd/i.test(kernel);
    expectClose(title, operands.take(to, size), isWinograd ? nearLargest(expected) : expected, isWinograd ? 200 : 16);
  };
  try {
    const [x, w, g] = [images, filter, gradient].map((values) => operands.put(values));
    check('y', y ?? [], referenceConv(c, images, filter), (to) => {
      const kernel = select(wasm.forwardKernels, conv, context);
      kernel.run(context, conv, { x, w, y: to, weights, low: -Infinity, high: Infinity });
      return kernel.name;
    });
    check('dx', dx ?? [], referenceGradX(c, gradient, filter), (to) => {
      const kernel = select(wasm.gradInputKernels, conv, context);
      kernel.run(context, conv, { dy: g, w, dx: to, weights });
      return kernel.name;
    });
    check('dw', dw ?? [], referenceGradW(c, images, gradient), (to) => {
      const kernel = select(wasm.gradFilterKernels, conv, context);
      kernel.run(context, conv, { x, dy: g, dw: to });
      return kernel.name;
    });
  } finally {
    operands.free();
  }
}

/** Winograd's transforms round as large as what is near: an output of padding alone may be some epsilons off 0. */
function nearLargest({ magnitude, ...result }: ReferenceResult): ReferenceResult {
  const largest = magnitude.reduce((a, b) => Math.max(a, b), 0);
  return { ...result, magnitude: magnitude.map((m) => m + largest / 12) };
}

/** @param program The beginning of a name that must be among the launched ones, or must not with `!` before it. */
function expectProgram(title: string, program: string, launched: readonly string[]): void {
  const name = program.replace('!', '');
  const ran = launched.some((one) => (name.startsWith('segments') ? one === name : one.startsWith(name)));
  expect(ran, `${title}: ${name} in ${launched.join(', ')}`).to.equal(!program.startsWith('!'));
}
