// AdafactorUpdate: a whole step of Adafactor for one variable. As kernels of its own the step of a matrix is 13 calls through
// TensorFlow.js's engine, most of them on some hundred values, where the calls take longer than the arithmetic.
// Source: https://arxiv.org/abs/1804.04235

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { RuleName } from '../../../../../kernels/update.js';
import { binary, broadcastAxes, resultArg, update } from '../../../../../kernels/wasm/elementwise/index.js';
import { type ReduceOperands, reduce } from '../../../../../kernels/wasm/reduction/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import { ADAFACTOR_KERNEL, type AdafactorAttrs, type AdafactorInputs } from '../../../../tfjs/updateAttrs.js';
import type { CpuBackend } from '../../backend.js';
import type { WasmDevice } from '../../runtime/device.js';
import { deviceOf, sizeOf } from '../cpuKernel.js';

type Args = Record<string, number> & { length: number };

/** The arguments of a rule's program, made once: to merge objects takes longer than a small update. */
function ruleArgs(rule: RuleName): { readonly spec: { rule: RuleName; isCut: false }; readonly args: Args } {
  return { spec: { rule, isCut: false }, args: { length: 0, factor: 1, keep: 1, limit: 0, minusLimit: 0 } };
}

const moved = ruleArgs('moveMeans');
const ofMatrix = ruleArgs('adafactorMatrix');
const ofVector = ruleArgs('adafactorVector');
const finish = ruleArgs('adafactor');
const [meansNext, velocityNext, stepNext, wNext] = ['means', 'velocity', 'step', 'w'].map(resultArg);

/** Moves the means of squares over rows or columns: sums to `operands.y`, the moved means to `next`. */
function moveMeans(
  device: WasmDevice,
  operands: ReduceOperands,
  means: number,
  next: number,
  { kept, take, epsilon }: AdafactorAttrs,
): void {
  reduce(device, 'sumSquares', operands);
  const { args, spec } = moved;
  args.w = args.g = operands.y;
  args.means = means;
  args[meansNext] = next;
  args.factor = 1 / operands.reduce;
  args.kept = kept;
  args.take = take;
  args.epsilon = epsilon;
  args.length = operands.outer * operands.inner;
  update(device, spec, args, true);
}

/** The last update: the step as long as the variable and the threshold say. */
function moveVariable(
  device: WasmDevice,
  w: number,
  next: number,
  step: number,
  length: number,
  squares: number,
): void {
  const { args, spec } = finish;
  reduce(device, 'sumSquares', { x: w, y: squares, outer: 1, reduce: length, inner: 1 });
  reduce(device, 'sumSquares', { x: step, y: squares + 4, outer: 1, reduce: length, inner: 1 });
  const found = device.floats(squares, 2);
  args.ownSquares = found[0];
  args.stepSquares = found[1];
  args.part = 1 / length;
  args.one = 1;
  args.w = w;
  args.g = step;
  args[wNext] = next;
  args.length = length;
  update(device, spec, args, true);
}

/** The same data as a result that is written, or a new tensor where somebody else holds them. */
const resultFor = (backend: CpuBackend, x: TensorInfo): TensorInfo => backend.reuse(x) ?? backend.newTensor(x.shape);

export const adafactorKernel: NamedKernel = typedKernel<AdafactorInputs, AdafactorAttrs, CpuBackend>(
  ADAFACTOR_KERNEL,
  ({ inputs, attrs, backend }) => {
    const { w, g, r, c, velocity: before } = inputs;
    const device = deviceOf(backend);
    const length = sizeOf(w.shape);
    const [wAt, gAt, velocityAt] = [backend.toHeap(w), backend.toHeap(g), backend.toHeap(before)];
    const [rAt, cAt] = r && c ? [backend.toHeap(r), backend.toHeap(c)] : [0, 0];
    const results = (r && c ? [w, r, c, before] : [w, before]).map((x) => resultFor(backend, x));
    const wNow = backend.toHeap(results[0]);
    const velocity = backend.toHeap(results[results.length - 1]);
    const rows = r ? sizeOf(r.shape) : 0;
    const columns = c ? sizeOf(c.shape) : 0;
    finish.args.rate = attrs.rate;
    finish.args.smallest = attrs.smallest;
    finish.args.threshold = attrs.threshold;
    withScratch(device, 4 * (length + 4 + rows + columns), (step) => {
      const squares = step + 4 * length;
      if (r && c) {
        const parts = squares + 16;
        const sums = parts + 4 * rows;
        const m = w.shape[w.shape.length - 1];
        const n = w.shape[w.shape.length - 2];
        const outer = rows / n;
        const [rNow, cNow] = [backend.toHeap(results[1]), backend.toHeap(results[2])];
        moveMeans(device, { x: gAt, y: parts, outer: rows, reduce: m, inner: 1 }, rAt, rNow, attrs);
        moveMeans(device, { x: gAt, y: sums, outer, reduce: n, inner: m }, cAt, cNow, attrs);
        reduce(device, 'sum', { x: rNow, y: sums, outer, reduce: n, inner: 1 });
        shareRows(device.floats(rNow, rows), device.floats(sums, outer), device.floats(parts, rows));
        const axes = broadcastAxes([outer, n, m], [outer, n, 1], [outer, 1, m]);
        binary(device, 'mul', { a: parts, b: cNow, y: velocity }, axes);
        const { args, spec } = ofMatrix;
        args.w = wAt;
        args.g = gAt;
        args.velocity = velocity;
        args[stepNext] = step;
        args.length = length;
        update(device, spec, args, false);
      } else {
        const { args, spec } = ofVector;
        args.w = wAt;
        args.g = gAt;
        args.velocity = velocityAt;
        args[velocityNext] = velocity;
        args[stepNext] = step;
        args.kept = attrs.kept;
        args.take = attrs.take;
        args.epsilon = attrs.epsilon;
        args.length = length;
        update(device, spec, args, true);
      }
      moveVariable(device, wAt, wNow, step, length, squares);
    });
    return results;
  },
);

/** Each mean over the mean of its matrix. */
function shareRows(means: Float32Array, totals: Float32Array, shares: Float32Array): void {
  const count = means.length / totals.length;
  for (let i = 0; i < means.length; i++) shares[i] = means[i] / Math.fround(totals[Math.floor(i / count)] / count);
}
