// Every kernel of plain loops, on every case that it supports, against the float64 reference.

import * as js from '../../../kernels/js/index.js';
import { type CaseSet, caseSets, expectClose, resolved } from '../../support/cases.js';
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

describe('kernels/js', () => {
  for (const set of caseSets) describe(set.title, () => runSet(set));
});

function runSet({ cases }: CaseSet): void {
  for (const kernel of js.forwardKernels) {
    forEachSupported(kernel, cases, (c, conv) => {
      const x = randomValues(sizeOf(xShape(c)), 1);
      const w = randomValues(sizeOf(wShape(c)), 2);
      expectClose(c.name, kernel.run(conv, x, w), referenceConv(c, x, w));
    });
  }
  for (const kernel of js.gradInputKernels) {
    forEachSupported(kernel, cases, (c, conv) => {
      const dy = randomValues(sizeOf(yShape(c)), 3);
      const w = randomValues(sizeOf(wShape(c)), 4);
      expectClose(c.name, kernel.run(conv, dy, w), referenceGradX(c, dy, w));
    });
  }
  for (const kernel of js.gradFilterKernels) {
    forEachSupported(kernel, cases, (c, conv) => {
      const x = randomValues(sizeOf(xShape(c)), 5);
      const dy = randomValues(sizeOf(yShape(c)), 6);
      expectClose(c.name, kernel.run(conv, x, dy), referenceGradW(c, x, dy));
    });
  }
}

type Check = (c: CaseSet['cases'][number], conv: ReturnType<typeof resolved>) => void;

/** One test for each kernel, which reports the first case that fails, and fails if the kernel supports none. */
function forEachSupported(kernel: js.JsKernel, cases: CaseSet['cases'], check: Check): void {
  it(kernel.name, () => {
    const supported = cases.filter((c) => kernel.supports(resolved(c)));
    if (supported.length === 0) throw new Error(`no case is supported by ${kernel.name}`);
    for (const c of supported) check(c, resolved(c));
  });
}
