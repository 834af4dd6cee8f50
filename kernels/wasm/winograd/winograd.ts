// Winograd's minimal filtering for 3x3 filters with stride 1 (transforms.ts): transform tiles of the input, multiply n*n
// matrices [tiles, inC] x [inC, outC], transform back with bias and clamp. Tiles are taken in blocks whose transforms stay in
// the second-level cache.

import type { Conv } from '../../types.js';
import type { ConvContext, WeightStore } from '../conv/context.js';
import { packedFloats, runGemm, tableRows } from '../conv/gemm.js';
import type { WasmForward, WasmGradInput } from '../conv/kernel.js';
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
  readonly kind: string;
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
  run(context, conv, { x, w, y, weights, bias, low, high }) {
    const { device, tiles } = context;
    const transforms = transformsFor(context);
    const { inC, outC } = conv;
    const nr = tiles.wide.nr;
    const filter = { w, tapStep: inC * outC, depth: inC, columns: outC, nr };
    const pack = (to: number) => transformFilter(device, transforms, { ...filter, to });
    const kind = `winograd${transforms.m} ${nr} ${inC} ${outC}`;
    runWinograd(context, transforms, conv, { x, y, weights, kind, pack, bias, low, high });
  },
};

/** dx is the convolution of dy with the filter turned by 180 degrees and its channels exchanged. */
export const gradInputWinograd: WasmGradInput = {
  name: 'wasm/gradInputWinograd',
  supports: isWinograd,
  pays: (conv, context) => pays(turned(conv), context),
  run(context, conv, { dy, w, dx, weights }) {
    const { device, tiles } = context;
    const transforms = transformsFor(context);
    const { inC, outC } = conv;
    const nr = tiles.wide.nr;
    const pack = (to: number) => {
      const exchanged = device.alloc(4 * 9 * inC * outC);
      transposeBatches(device, { from: w, to: exchanged, batch: 9, rows: inC, columns: outC });
      const last = exchanged + 4 * 8 * inC * outC;
      transformFilter(device, transforms, { w: last, tapStep: -inC * outC, to, depth: outC, columns: inC, nr });
      device.free(exchanged);
    };
    const kind = `winograd${transforms.m} turned ${nr} ${inC} ${outC}`;
    const operands = { x: dy, y: dx, weights, kind, pack, low: -Infinity, high: Infinity };
    runWinograd(context, transforms, turned(conv), operands);
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

const blockBytes = 1.5e6;

function runWinograd(context: ConvContext, transforms: Transforms, problem: Problem, operands: Operands): void {
  const { device, tiles } = context;
  const { m, n } = transforms;
  const { batch, outH, outW, inC, outC } = problem;
  const [tilesY, tilesX] = [Math.ceil(outH / m), Math.ceil(outW / m)];
  const count = batch * tilesY * tilesX;
  if (count * outC === 0) return;
  const [inStep, outStep] = [4 * Math.ceil(inC / 4), 4 * Math.ceil(outC / 4)]; // floats of a tile's row
  const most = Math.max(tableRows, Math.floor(blockBytes / (4 * n * n * (inStep + outStep))));
  const block = Math.ceil(count / Math.ceil(count / most));
  const scratchBytes =
    64 * Math.ceil(Math.max(inputScratchBytes(transforms, inC), outputScratchBytes(transforms)) / 64);
  const v = device.alloc(4 * n * n * block * inStep);
  const products = device.alloc(4 * n * n * block * outStep);
  const scratch = device.alloc(scratchBytes * device.threads);
  const bytes = 4 * packedFloats(tiles.wide, { columns: outC, depth: inC, groups: n * n });
  try {
    operands.weights.with(operands.kind, bytes, operands.pack, (w) => {
      for (let first = 0; first < count; first += block) {
        const shape = { inStep, outStep, rows: Math.min(block, count - first), firstTile: first, tilesY, tilesX };
        runBlock(context, transforms, problem, { ...operands, ...shape, w, v, products, scratch, scratchBytes });
      }
    });
  } finally {
    for (const address of [v, products, scratch]) device.free(address);
  }
}

interface Block extends Operands {
  readonly inStep: number;
  readonly outStep: number;
  /** Tiles of this block. */
  readonly rows: number;
  readonly firstTile: number;
  readonly tilesY: number;
  readonly tilesX: number;
  readonly w: number;
  readonly v: number;
  readonly products: number;
  readonly scratch: number;
  readonly scratchBytes: number;
}

function runBlock(
  { device, tiles, tables }: ConvContext,
  transforms: Transforms,
  problem: Problem,
  block: Block,
): void {
  const { n } = transforms;
  const { inH, inW, inC, outH, outW, outC, padTop, padLeft } = problem;
  const { x, y, w, v, products, bias, low, high, inStep, outStep, rows } = block;
  const { firstTile, tilesY, tilesX, scratch, scratchBytes } = block;
  const { input, output } = programsFor(transforms);
  const shared = { firstTile, tilesY, tilesX, scratch, scratchBytes };
  device.launch(
    input,
    { ...shared, x, v, inH, inW, channels: inC, padTop, padLeft, vTile: 4 * inStep, vMatrix: 4 * rows * inStep },
    { items: rows, cost: rows * inC * n * n * 4 },
  );
  const table = tables.get(`tiles ${rows} ${inStep} ${outStep}`, () => tileTable(rows, inStep, outStep));
  runGemm(device, tiles.wide, {
    ...{ table, steps: device.zeros, segments: 1, length: inC, x: v, w, y: products, rows, columns: outC },
    ...{ groups: n * n, xGroup: rows * inStep, yGroup: rows * outStep },
  });
  device.launch(
    output,
    {
      ...{ ...shared, products, y, outH, outW, channels: outC, low, high },
      ...{ tileBytes: 4 * outStep, matrixBytes: 4 * rows * outStep },
      ...(bias === undefined ? { bias: device.zeros, biasStep: 0 } : { bias, biasStep: 16 }),
    },
    { items: rows, cost: rows * outC * n * n * 4 },
  );
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
