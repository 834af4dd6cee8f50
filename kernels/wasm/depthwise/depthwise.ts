// Depthwise convolutions: each group has one input channel. The forward pass and the input gradient use the fast row
// program where there is one for the filter's size, else lists of taps.

import type { Conv } from '../../conv.js';
import { maxThreads } from '../../threads.js';
import { type Axis, forwardAxis, gradInputAxes } from '../conv/access.js';
import type { ConvContext, ForwardOperands } from '../conv/context.js';
import { columnAxis, rowAxis } from '../conv/convAxes.js';
import type { WasmForward, WasmGradFilter, WasmGradInput } from '../conv/kernel.js';
import type { Tables } from '../conv/plans.js';
import { withScratch } from '../scratch.js';
import { repeatChannels, sumChannels } from './channels.js';
import { blockChannels, depthwiseGradFilterProgram } from './gradFilterProgram.js';
import { packDepthwise, packedBytes } from './pack.js';
import { rowTableBytes } from './rowContext.js';
import { rowFormFor } from './rowForm.js';
import { rowProgram, rowSizes, rowStrides } from './rowProgram.js';
import { tapsProgram } from './tapsProgram.js';

export const depthwise: WasmForward = {
  name: 'wasm/depthwise',
  supports: isDepthwise,
  run(context, conv, { x, ...operands }) {
    const run = context.plans.get(conv, hasRegisters(context) ? 'depthwise wide' : 'depthwise', (tables) => {
      if (hasRowProgram(conv)) return planRows(context, { ...problemOf(conv), isRotated: false }, tables);
      const axes = { rows: forwardAxis(rowAxis(conv)), columns: forwardAxis(columnAxis(conv)) };
      return planTaps(context, { ...problemOf(conv), ...axes }, tables);
    });
    withCopies(context, conv, x, (copies) => run({ x: copies, ...operands }));
  },
};

export const depthwiseGradInput: WasmGradInput = {
  name: 'wasm/depthwiseGradInput',
  supports: isDepthwise,
  run(context, conv, { dy, w, dx, weights }) {
    const { device, plans } = context;
    const { batch, inH, inW, inC, outC } = conv;
    const multiplier = outC / inC;
    const count = batch * inH * inW * inC;
    const kind = hasRegisters(context) ? 'depthwiseGradInput wide' : 'depthwiseGradInput';
    const phases = plans.get(conv, kind, (tables) => planGradInput(context, conv, tables));
    const runPhases = (to: number) => {
      for (const run of phases) run({ x: dy, w, y: to, weights, low: -Infinity, high: Infinity });
    };
    if (multiplier === 1) {
      runPhases(dx);
      return;
    }
    withScratch(device, 4 * count * multiplier, (copies) => {
      runPhases(copies);
      sumChannels(device, { from: copies, to: dx, count, multiplier });
    });
  },
};

export const depthwiseGradFilter: WasmGradFilter = {
  name: 'wasm/depthwiseGradFilter',
  supports: isDepthwise,
  run(context, conv, { x, dy, dw }) {
    const { batch, inH, inW, outH, outW, outC: channels, kH, kW } = conv;
    const { strideH, strideW, dilationH, dilationW, padTop, padLeft } = conv;
    const blocks = Math.ceil(channels / blockChannels);
    const work = { items: kH * kW * blocks, cost: 2 * kH * kW * batch * outH * outW * channels };
    withCopies(context, conv, x, (copies) => {
      const sizes = { batch, inH, inW, outH, outW, channels, kW, blocks };
      const steps = { strideH, strideW, dilationH, dilationW, padTop, padLeft };
      context.device.launch(depthwiseGradFilterProgram, { x: copies, dy, dw, ...sizes, ...steps }, work);
    });
  },
};

function isDepthwise({ groups, inC }: Conv): boolean {
  return groups === inC && groups > 1;
}

function hasRowProgram({ kH, kW, strideW, dilationH, dilationW }: Conv): boolean {
  return kH === kW && rowSizes.includes(kH) && rowStrides.includes(strideW) && dilationH === 1 && dilationW === 1;
}

/** What tiles.ts has measured: the tile of 6x8 needs as many registers as the wide blocks. */
function hasRegisters({ tiles }: ConvContext): boolean {
  return tiles.wide.mr === 6;
}

/** Calls `use` with an image that has one channel for each output channel. */
function withCopies({ device }: ConvContext, conv: Conv, x: number, use: (copies: number) => void): void {
  const { batch, inH, inW, inC, outC } = conv;
  const multiplier = outC / inC;
  if (multiplier === 1) {
    use(x);
    return;
  }
  const count = batch * inH * inW * inC;
  withScratch(device, 4 * count * multiplier, (copies) => {
    repeatChannels(device, { from: x, to: copies, count, multiplier });
    use(copies);
  });
}

/** A depthwise convolution with one output for each channel. */
interface Problem {
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly outH: number;
  readonly outW: number;
  readonly channels: number;
  readonly kH: number;
  readonly kW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

function problemOf({ outC: channels, ...conv }: Conv): Problem {
  const { batch, inH, inW, outH, outW, kH, kW, strideH, strideW, padTop, padLeft } = conv;
  return { batch, inH, inW, outH, outW, channels, kH, kW, strideH, strideW, padTop, padLeft };
}

type Run = (operands: ForwardOperands) => void;

/** With stride 1, dx is the convolution of dy with the filter rotated by 180 degrees. */
function planGradInput(context: ConvContext, conv: Conv, tables: Tables): Run[] {
  const { inH, inW, outH, outW, kH, kW, padTop, padLeft, strideH, strideW } = conv;
  const exchanged = { ...problemOf(conv), inH: outH, inW: outW, outH: inH, outW: inW };
  if (hasRowProgram(conv) && strideH === 1 && strideW === 1) {
    const pads = { padTop: kH - 1 - padTop, padLeft: kW - 1 - padLeft };
    return [planRows(context, { ...exchanged, ...pads, isRotated: true }, tables)];
  }
  return gradInputAxes(rowAxis(conv)).flatMap((rows) =>
    gradInputAxes(columnAxis(conv)).map((columns) => planTaps(context, { ...exchanged, rows, columns }, tables)),
  );
}

/** Bias and limits, set at each launch. */
const open = { bias: 0, low: 0, high: 0 };

function planRows(context: ConvContext, problem: Problem & { readonly isRotated: boolean }, tables: Tables): Run {
  const { device } = context;
  const { batch, inH, inW, outH, outW, channels, kH, kW, strideH, strideW, padTop, padLeft, isRotated } = problem;
  const taps = kH * kW;
  const clamp = (value: number) => Math.min(outW, Math.max(0, value));
  const firstInner = clamp(Math.ceil(padLeft / strideW));
  const endInner = Math.max(firstInner, clamp(Math.floor((inW - kW + padLeft) / strideW) + 1));
  const zeros = tables(`zeros ${inW * channels}`, () => new Int32Array(inW * channels + 16));
  const rowTable = tables('row tables', () => new Int32Array((rowTableBytes * maxThreads) / 4));
  const sizes = { inH, inW, outH, outW, channels, strideH, padTop, padLeft, firstInner, endInner };
  const args = { ...sizes, ...open, zeros: 0, x: 0, w: 0, y: 0, biasStep: 0, rowTable: 0 };
  const work = { items: batch * outH, cost: 2 * batch * outH * outW * channels * taps };
  const kind = `depthwise ${isRotated} ${taps} ${channels}`;
  const bytes = packedBytes({ taps, channels });
  const form = rowFormFor({ k: kW, strideW, channels, hasRegisters: hasRegisters(context) });
  const program = rowProgram({ kH, kW, strideW, ...form });
  return ({ x, w, y, weights, bias, low, high }) => {
    const filter = isRotated ? { w: w + 4 * (taps - 1) * channels, tapStep: -channels } : { w, tapStep: channels };
    const pack = (to: number) => packDepthwise(device, { ...filter, taps, to, channels });
    weights.with(kind, bytes, pack, (packed) => {
      args.zeros = zeros.address;
      args.rowTable = rowTable.address;
      args.x = x;
      args.w = packed;
      args.y = y;
      args.bias = bias ?? device.zeros;
      args.biasStep = bias === undefined ? 0 : 16;
      args.low = low;
      args.high = high;
      device.launch(program, args, work);
    });
  };
}

function planTaps(
  { device }: ConvContext,
  problem: Problem & { readonly rows: Axis; readonly columns: Axis },
  tables: Tables,
): Run {
  const { batch, inH, inW, outH, outW, channels, kW, rows, columns } = problem;
  const list = rows.taps.flatMap((ky, i) =>
    columns.taps.flatMap((kx, j) => [rows.offsets[i], columns.offsets[j], 4 * channels * (ky * kW + kx)]),
  );
  const tapCount = list.length / 3;
  const listBytes = 64 * Math.ceil((8 * tapCount + 8) / 64);
  const taps = tables(`depthwise taps ${list}`, () => Int32Array.from(list.length > 0 ? list : [0]));
  const args = {
    ...{ taps: 0, tapCount, inH, inW, channels, outH, outW, listBytes, ...open },
    ...{ x: 0, w: 0, y: 0, list: 0, hasBias: 0 },
    ...{ countH: rows.count, startH: rows.start, stepH: rows.step, originH: rows.outOrigin, outStepH: rows.outStep },
    ...{ countW: columns.count, startW: columns.start, stepW: columns.step },
    ...{ originW: columns.outOrigin, outStepW: columns.outStep },
  };
  const work = { items: batch * rows.count, cost: 2 * batch * rows.count * columns.count * channels * tapCount };
  return ({ x, w, y, bias, low, high }) => {
    const added = bias === undefined ? { bias: device.zeros, hasBias: 0 } : { bias, hasBias: 1 };
    withScratch(device, listBytes * device.threads, (scratch) => {
      Object.assign(args, { taps: taps.address, x, w, y, list: scratch, low, high }, added);
      device.launch(tapsProgram, args, work);
    });
  };
}
