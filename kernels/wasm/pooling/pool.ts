// Pooling and its gradients, NHWC: makes the tables of windows and launches the programs. windows.ts has their loop,
// programs.ts their functions.

import type { Device } from '../device.js';
import type { Program } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import {
  maxGradProgram,
  maxProgram,
  meanGradProgram,
  meanOfFewProgram,
  meanProgram,
  positionProgram,
} from './programs.js';
import type { windowArgs } from './windows.js';

/** Images, and the windows that slide over them. */
export interface Pooling {
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly channels: number;
  readonly outH: number;
  readonly outW: number;
  readonly kH: number;
  readonly kW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** Addresses of x, [batch, inH, inW, channels], and y, [batch, outH, outW, channels]. */
interface Forward {
  readonly x: number;
  readonly y: number;
}

/** For each output index along one axis, a pair: the first input index that it reads, and how many it reads. */
type Windows = readonly number[];

interface Axis {
  readonly inSize: number;
  readonly outSize: number;
  readonly k: number;
  readonly stride: number;
  readonly pad: number;
}

/** The greatest value of each window. NaN is ignored; a window of NaN alone gives -Infinity. */
export function maxPool(device: Device, pooling: Pooling, { x, y }: Forward): void {
  reduce(device, maxProgram, pooling, { x, second: x, y, divisor: 0, windows: forwardWindows(pooling) });
}

/** The mean of each window over the values inside the image. */
export function avgPool(device: Device, pooling: Pooling, { x, y }: Forward): void {
  const { kH, kW } = pooling;
  const program = Math.max(kH, kW) <= 2 ? meanOfFewProgram : meanProgram;
  const divisor = Math.min(30, Math.ceil(Math.log2(2 * kH * kW))) << 23;
  reduce(device, program, pooling, { x, second: x, y, divisor, windows: forwardWindows(pooling) });
}

/** dx: passes dy of each window to the first of its pixels with the greatest value, or to none if that is -Infinity. */
export function maxPoolGrad(device: Device, pooling: Pooling, at: { x: number; dy: number; dx: number }): void {
  const { batch, outH, outW, channels } = pooling;
  withScratch(device, 4 * batch * outH * outW * channels, (positions) => {
    const { x, dy, dx } = at;
    reduce(device, positionProgram, pooling, {
      x,
      second: x,
      y: positions,
      divisor: 0,
      windows: forwardWindows(pooling),
    });
    reduce(device, maxGradProgram, gradSizes(pooling), {
      ...{ x: dy, second: positions, y: dx, divisor: 1 },
      windows: backwardWindows(pooling),
    });
  });
}

/** dx: passes dy of each window, divided by kH*kW, to all of its pixels. */
export function avgPoolGrad(device: Device, pooling: Pooling, { dy, dx }: { dy: number; dx: number }): void {
  const divisor = pooling.kH * pooling.kW;
  reduce(device, meanGradProgram, gradSizes(pooling), {
    ...{ x: dy, second: dy, y: dx, divisor },
    windows: backwardWindows(pooling),
  });
}

type Sizes = Pick<Pooling, 'batch' | 'inH' | 'inW' | 'outH' | 'outW' | 'channels'>;

/** Sizes for the gradient, whose windows lie in dy and give dx. */
function gradSizes({ batch, inH, inW, outH, outW, channels }: Pooling): Sizes {
  return { batch, channels, inH: outH, inW: outW, outH: inH, outW: inW };
}

function axesOf(p: Pooling): readonly [Axis, Axis] {
  return [
    { inSize: p.inH, outSize: p.outH, k: p.kH, stride: p.strideH, pad: p.padTop },
    { inSize: p.inW, outSize: p.outW, k: p.kW, stride: p.strideW, pad: p.padLeft },
  ];
}

/** The input indices that each output index reads. */
function forwardWindows(pooling: Pooling): Windows[] {
  return axesOf(pooling).map(({ inSize, outSize, k, stride, pad }) => {
    const windows: number[] = [];
    for (let o = 0; o < outSize; o++) addWithin(windows, o * stride - pad, o * stride - pad + k, inSize);
    return windows;
  });
}

/** The output indices that read each input index. */
function backwardWindows(pooling: Pooling): Windows[] {
  return axesOf(pooling).map(({ inSize, outSize, k, stride, pad }) => {
    const windows: number[] = [];
    for (let i = 0; i < inSize; i++) {
      addWithin(windows, Math.ceil((i + pad - k + 1) / stride), Math.floor((i + pad) / stride) + 1, outSize);
    }
    return windows;
  });
}

function addWithin(windows: number[], from: number, to: number, size: number): void {
  const first = Math.min(Math.max(from, 0), size);
  windows.push(first, Math.max(Math.min(to, size) - first, 0));
}

/** The number of indices that all windows together read along one axis. */
function readAlong(windows: Windows): number {
  let sum = 0;
  for (let i = 1; i < windows.length; i += 2) sum += windows[i];
  return sum;
}

interface Reducing {
  readonly x: number;
  readonly second: number;
  readonly y: number;
  readonly divisor: number;
  /** The windows of rows, and of columns. */
  readonly windows: readonly Windows[];
}

/** From this many rows on, threads share the rows; below, they share blocks of channels, too. */
const manyRows = 16;
/** Channels that a program holds in registers at a time. */
const groupChannels = 32;

function reduce(device: Device, program: Program<typeof windowArgs>, sizes: Sizes, what: Reducing): void {
  const { batch, inH, inW, outH, outW, channels } = sizes;
  const { x, second, y, divisor, windows } = what;
  const [ofRows, ofColumns] = windows;
  const words = ofRows.length + ofColumns.length;
  withScratch(device, 4 * words, (rows) => {
    const table = device.ints(rows, words);
    table.set(ofRows);
    table.set(ofColumns, ofRows.length);
    const outRows = batch * outH;
    const groups = Math.ceil(channels / groupChannels);
    const blocks = outRows >= manyRows ? 1 : groups;
    // Spelled out, since spreading objects of this size takes longer than the kernel of a small tensor.
    const values = {
      x,
      second,
      y,
      divisor,
      rows,
      columns: rows + 8 * outH,
      outH,
      outW,
      inW,
      channels,
      blocks,
      xImage: 4 * inH * inW * channels,
      blockChannels: Math.ceil(groups / blocks) * groupChannels,
    };
    const read = readAlong(ofRows) * readAlong(ofColumns);
    device.launch(program, values, { items: outRows * blocks, cost: batch * channels * Math.max(read, outH * outW) });
  });
}
