// Winograd's minimal filtering, block by block: transform tiles of the input, multiply n*n matrices [tiles, inC] x
// [inC, outC], transform back with bias and clamp. The second-level cache holds a block's transformed tiles.

import type { Conv } from '../../conv.js';
import type { ConvContext, WeightStore } from '../conv/context.js';
import { type Gemm, packedFloats, prepareGemm, tableRows } from '../conv/gemm.js';
import type { Tables } from '../conv/plans.js';
import { tileFor } from '../conv/tiles.js';
import type { Device } from '../device.js';
import { withScratch } from '../scratch.js';
import { inputScratchBytes, winogradInput } from './input.js';
import { outputScratchBytes, winogradOutput } from './output.js';
import type { Transforms } from './transforms.js';

/** Bytes of a block's transformed tiles and products: most of a second-level cache of 2 MB. */
const blockBytes = 1.5e6;

/** A convolution with stride 1 of an image with inC channels. */
export type Problem = Pick<
  Conv,
  'batch' | 'inH' | 'inW' | 'inC' | 'outH' | 'outW' | 'outC' | 'kH' | 'kW' | 'padTop' | 'padLeft'
>;

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

export interface WinogradPlan {
  /** The arguments of transformFilter() besides addresses. `taps`: floats of one tap. */
  readonly filter: { readonly depth: number; readonly columns: number; readonly nr: number; readonly taps: number };
  readonly run: (operands: Operands) => void;
}

interface Planned {
  /** Names the filter's layout, together with the transforms and the tile. */
  readonly name: string;
  readonly transforms: Transforms;
  /** The key of the plan. */
  readonly conv: Conv;
  readonly problem: Problem;
}

export function planFor(context: ConvContext, planned: Planned): WinogradPlan {
  const { name, transforms, conv } = planned;
  const kind = `${name} ${transforms.m} ${context.tiles.wide.mr} ${context.tiles.widest?.nr}`;
  return context.plans.get(conv, kind, (tables) => plan(context, { ...planned, name: kind }, tables));
}

function plan({ device, tiles }: ConvContext, { name, transforms, problem }: Planned, tables: Tables): WinogradPlan {
  const { m, n } = transforms;
  const { batch, outH, outW, inC, outC } = problem;
  const tile = tileFor(tiles, outC);
  const { nr } = tile;
  const filter = { depth: inC, columns: outC, nr, taps: inC * outC };
  const [tilesY, tilesX] = [Math.ceil(outH / m), Math.ceil(outW / m)];
  const count = batch * tilesY * tilesX;
  if (count * outC === 0) return { filter, run: () => {} };
  const [inStep, outStep] = [4 * Math.ceil(inC / 4), 4 * Math.ceil(outC / 4)]; // floats of a tile's row
  const most = Math.max(tableRows, Math.floor(blockBytes / (4 * n * n * (inStep + outStep))));
  // Blocks of about equal size, but of whole register tiles: 49 tiles become 30 and 19. 25 and 24 would each fill 30.
  const rows = Math.min(count, tile.mr * Math.ceil(count / Math.ceil(count / most) / tile.mr));
  const prepare = (tilesOfBlock: number) =>
    prepareBlock(device, transforms, problem, {
      ...{ rows: tilesOfBlock, tilesY, tilesX, inStep, outStep },
      gemm: prepareGemm(device, tile, {
        table: tables(`tiles ${tilesOfBlock} ${inStep} ${outStep}`, () => tileTable(tilesOfBlock, inStep, outStep)),
        ...{ steps: { address: device.zeros }, segments: 1, length: inC, rows: tilesOfBlock, columns: outC },
        ...{ groups: n * n, xGroup: tilesOfBlock * inStep, yGroup: tilesOfBlock * outStep },
      }),
    });
  const runBlock = prepare(rows);
  const rest = count % rows;
  const runRest = rest === 0 ? runBlock : prepare(rest);
  const bytes = 4 * packedFloats(tile, { columns: outC, depth: inC, groups: n * n });
  const scratchBytes = scratchBytesOf(transforms, inC);
  const kind = `${name} ${nr} ${inC} ${outC}`;
  const run = ({ weights, pack, ...operands }: Operands) => {
    withScratch(device, 4 * n * n * rows * inStep, (v) =>
      withScratch(device, 4 * n * n * rows * outStep, (products) =>
        withScratch(device, scratchBytes * device.threads, (scratch) =>
          weights.with(kind, bytes, pack, (w) => {
            for (let firstTile = 0; firstTile < count; firstTile += rows) {
              const block = firstTile + rows <= count ? runBlock : runRest;
              block({ ...operands, w, v, products, scratch, firstTile });
            }
          }),
        ),
      ),
    );
  };
  return { filter, run };
}

function scratchBytesOf(transforms: Transforms, inC: number): number {
  return 64 * Math.ceil(Math.max(inputScratchBytes(transforms, inC), outputScratchBytes(transforms)) / 64);
}

interface BlockShape {
  /** Tiles of a block. */
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
