// Winograd's minimal filtering for 3x3 filters with stride 1 (transforms.ts): transform tiles of the input, multiply n*n
// matrices [tiles, inC] x [inC, outC], transform back with bias and clamp. Tiles are taken in blocks whose transforms stay in
// the second-level cache.

import type { Conv } from '../../types.js';
import type { ConvContext, WeightStore } from '../conv/context.js';
import { type Gemm, packedFloats, prepareGemm, tableRows } from '../conv/gemm.js';
import type { WasmForward, WasmGradInput } from '../conv/kernel.js';
import type { Tables } from '../conv/plans.js';
import type { Device } from '../device.js';
import { transposeBatches } from '../movement/transpose.js';
import { transformFilter } from './filter.js';
import { inputScratchBytes, winogradInput } from './input.js';
import { outputScratchBytes, winogradOutput } from './output.js';
import { f2, f4, type Transforms } from './transforms.js';

/** A 3x3 convolution with stride 1 of an image with inC channels. */
interface Problem {
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly outH: number;
  readonly outW: number;
  readonly outC: number;
  readonly padTop: number;
  readonly padLeft: number;
}

interface Operands {
  readonly x: number;
  readonly y: number;
  readonly weights: WeightStore;
  /** Writes G g GT to an address. */
  readonly pack: (to: number) => void;
  readonly bias?: number;
  readonly low: number;
  readonly high: number;
}

const transformsOf = { auto: f4, f2 } as const;

export const winograd: WasmForward = {
  name: 'wasm/winograd',
  supports: isWinograd,
  pays,
  run(context, conv, { w, ...operands }) {
    const { device } = context;
    const transforms = transformsFor(context);
    const plan = planFor(context, 'winograd', transforms, conv, conv);
    const { filter } = plan;
    plan.run({
      ...operands,
      pack: (to) => transformFilter(device, transforms, { ...filter, w, tapStep: filter.taps, to }),
    });
  },
};

/** dx is the convolution of dy with the filter turned by 180 degrees and its channels exchanged. */
export const gradInputWinograd: WasmGradInput = {
  name: 'wasm/gradInputWinograd',
  supports: isWinograd,
  pays: (conv, context) => pays(turned(conv), context),
  run(context, conv, { dy, w, dx, weights }) {
    const { device } = context;
    const transforms = transformsFor(context);
    const { run, filter } = planFor(context, 'winograd turned', transforms, conv, turned(conv));
    const pack = (to: number) => {
      const { inC, outC } = conv;
      const exchanged = device.alloc(4 * 9 * filter.taps);
      transposeBatches(device, { from: w, to: exchanged, batch: 9, rows: inC, columns: outC });
      const last = exchanged + 4 * 8 * filter.taps;
      transformFilter(device, transforms, { ...filter, w: last, tapStep: -filter.taps, to });
      device.free(exchanged);
    };
    run({ x: dy, y: dx, weights, pack, low: -Infinity, high: Infinity });
  },
};

function turned({ batch, inH, inW, inC, outH, outW, outC, padTop, padLeft }: Conv): Problem {
  const sizes = { inH: outH, inW: outW, inC: outC, outH: inH, outW: inW, outC: inC };
  return { batch, ...sizes, padTop: 2 - padTop, padLeft: 2 - padLeft };
}

function isWinograd({ kH, kW, strideH, strideW, dilationH, dilationW, groups }: Conv): boolean {
  return [kH, kW].every((k) => k === 3) && [strideH, strideW, dilationH, dilationW, groups].every((s) => s === 1);
}

function transformsFor({ winograd: choice }: ConvContext): Transforms {
  return transformsOf[choice === 'off' ? 'auto' : choice];
}

// Nanoseconds on a 3 GHz core, from measurements of each stage; only their ratios matter. A multiply-add takes 1/20.5, a
// transform of the input 14 for each tile and channel, one of the output 9, and weights that no cache holds come in
// with 10 bytes a nanosecond.
const cost = { multiplyAdd: 1 / 20.5, input: 14, output: 9, bytes: 1 / 10, cachedBytes: 2 ** 20 } as const;

/** Whether F(m, 3) is expected to be faster than the plain matrix product. */
function pays(problem: Problem, context: ConvContext): boolean {
  if (context.winograd === 'off') return false;
  const { batch, outH, outW, inC, outC } = problem;
  const { m, n } = transformsFor(context);
  const tiles = batch * Math.ceil(outH / m) * Math.ceil(outW / m);
  const pairs = inC * outC;
  const reading = (floats: number) => Math.max(0, 4 * floats - cost.cachedBytes) * cost.bytes;
  const scale = n / 6;
  const products = n * n * tiles * pairs * cost.multiplyAdd + reading(n * n * pairs);
  const transforming = tiles * scale * scale * (inC * cost.input + outC * cost.output);
  const plain = 9 * batch * outH * outW * pairs * cost.multiplyAdd + reading(9 * pairs);
  return inC >= 8 && outC >= 8 && tiles >= 4 && products + transforming < plain;
}

/** Of the transforms of a block of tiles and its products: most of a second-level cache of 2 MB. */
const blockBytes = 1.5e6;

interface WinogradPlan {
  /** What transformFilter() needs besides addresses; `taps`: floats of one tap. */
  readonly filter: { readonly depth: number; readonly columns: number; readonly nr: number; readonly taps: number };
  readonly run: (operands: Operands) => void;
}

function planFor(
  context: ConvContext,
  name: string,
  transforms: Transforms,
  conv: Conv,
  problem: Problem,
): WinogradPlan {
  const kind = `${name} ${transforms.m} ${context.tiles.wide.mr}`;
  return context.plans.get(conv, kind, (tables) => plan(context, { name: kind, transforms, problem }, tables));
}

interface Planned {
  /** Names the layout of the filter. */
  readonly name: string;
  readonly transforms: Transforms;
  readonly problem: Problem;
}

function plan({ device, tiles }: ConvContext, { name, transforms, problem }: Planned, tables: Tables): WinogradPlan {
  const { m, n } = transforms;
  const { batch, outH, outW, inC, outC } = problem;
  const { nr } = tiles.wide;
  const filter = { depth: inC, columns: outC, nr, taps: inC * outC };
  const [tilesY, tilesX] = [Math.ceil(outH / m), Math.ceil(outW / m)];
  const count = batch * tilesY * tilesX;
  if (count * outC === 0) return { filter, run: () => {} };
  const [inStep, outStep] = [4 * Math.ceil(inC / 4), 4 * Math.ceil(outC / 4)]; // floats of a tile's row
  const most = Math.max(tableRows, Math.floor(blockBytes / (4 * n * n * (inStep + outStep))));
  const rows = Math.ceil(count / Math.ceil(count / most));
  const prepare = (tilesOfBlock: number) =>
    prepareBlock(device, transforms, problem, {
      ...{ rows: tilesOfBlock, tilesY, tilesX, inStep, outStep },
      gemm: prepareGemm(device, tiles.wide, {
        table: tables(`tiles ${tilesOfBlock} ${inStep} ${outStep}`, () => tileTable(tilesOfBlock, inStep, outStep)),
        ...{ steps: device.zeros, segments: 1, length: inC, rows: tilesOfBlock, columns: outC },
        ...{ groups: n * n, xGroup: tilesOfBlock * inStep, yGroup: tilesOfBlock * outStep },
      }),
    });
  const runBlock = prepare(rows);
  const rest = count % rows;
  const runRest = rest === 0 ? runBlock : prepare(rest);
  const bytes = 4 * packedFloats(tiles.wide, { columns: outC, depth: inC, groups: n * n });
  const scratchBytes = scratchBytesOf(transforms, inC);
  const run = ({ weights, pack, ...operands }: Operands) => {
    const v = device.alloc(4 * n * n * rows * inStep);
    const products = device.alloc(4 * n * n * rows * outStep);
    const scratch = device.alloc(scratchBytes * device.threads);
    try {
      weights.with(`${name} ${inC} ${outC}`, bytes, pack, (w) => {
        for (let firstTile = 0; firstTile < count; firstTile += rows) {
          const block = firstTile + rows <= count ? runBlock : runRest;
          block({ ...operands, w, v, products, scratch, firstTile });
        }
      });
    } finally {
      for (const address of [v, products, scratch]) device.free(address);
    }
  };
  return { filter, run };
}

function scratchBytesOf(transforms: Transforms, inC: number): number {
  return 64 * Math.ceil(Math.max(inputScratchBytes(transforms, inC), outputScratchBytes(transforms)) / 64);
}

interface BlockShape {
  /** Tiles. */
  readonly rows: number;
  readonly tilesY: number;
  readonly tilesX: number;
  readonly inStep: number;
  readonly outStep: number;
  readonly gemm: Gemm;
}

interface BlockOperands extends Omit<Operands, 'weights' | 'pack'> {
  readonly w: number;
  readonly v: number;
  readonly products: number;
  readonly scratch: number;
  readonly firstTile: number;
}

function prepareBlock(device: Device, transforms: Transforms, problem: Problem, shape: BlockShape) {
  const { n } = transforms;
  const { inH, inW, inC, outH, outW, outC, padTop, padLeft } = problem;
  const { rows, tilesY, tilesX, inStep, outStep, gemm } = shape;
  const { input, output } = programsFor(transforms);
  const shared = { tilesY, tilesX, firstTile: 0, scratch: 0, scratchBytes: scratchBytesOf(transforms, inC) };
  const inputArgs = {
    ...{ ...shared, x: 0, v: 0, inH, inW, channels: inC, padTop, padLeft },
    ...{ vTile: 4 * inStep, vMatrix: 4 * rows * inStep },
  };
  const outputArgs = {
    ...{ ...shared, products: 0, y: 0, bias: 0, biasStep: 0, outH, outW, channels: outC, low: 0, high: 0 },
    ...{ tileBytes: 4 * outStep, matrixBytes: 4 * rows * outStep },
  };
  const inputWork = { items: rows, cost: rows * inC * n * n * 4 };
  const outputWork = { items: rows, cost: rows * outC * n * n * 4 };
  return ({ x, y, w, v, products, bias, low, high, scratch, firstTile }: BlockOperands) => {
    Object.assign(inputArgs, { x, v, scratch, firstTile });
    device.launch(input, inputArgs, inputWork);
    gemm({ x: v, w, y: products });
    const added = bias === undefined ? { bias: device.zeros, biasStep: 0 } : { bias, biasStep: 16 };
    Object.assign(outputArgs, { products, y, scratch, firstTile, low, high }, added);
    device.launch(output, outputArgs, outputWork);
  };
}

function tileTable(rows: number, inStep: number, outStep: number): Int32Array {
  const padded = Math.ceil(rows / tableRows) * tableRows;
  return Int32Array.from({ length: 2 * padded }, (_, i) => {
    const row = Math.min(i >> 1, rows - 1);
    return 4 * row * (i % 2 === 0 ? inStep : outStep);
  });
}

interface Programs {
  readonly input: ReturnType<typeof winogradInput>;
  readonly output: ReturnType<typeof winogradOutput>;
}

const programs = new Map<Transforms, Programs>();

function programsFor(transforms: Transforms): Programs {
  const known = programs.get(transforms) ?? { input: winogradInput(transforms), output: winogradOutput(transforms) };
  programs.set(transforms, known);
  return known;
}
