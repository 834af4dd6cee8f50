// Any convolution, NHWC, as one segmented matrix product (gemm.ts): the forward pass, or a phase of the input gradient.

import { type Axis, paddingOf } from './access.js';
import type { ConvContext, WeightStore } from './context.js';
import { packedFloats, prepareGemm, type Tile, tableRows } from './gemm.js';
import { type PackedFilter, packFilter } from './pack.js';
import { type PaddedImage, preparePadding } from './paddedImage.js';
import type { Tables } from './plans.js';
import { tileFor } from './tiles.js';

/** Convolves an image with inC channels into one with outC. For the input gradient these are outC and inC of Conv. */
export interface Segmented {
  readonly rows: Axis;
  readonly columns: Axis;
  readonly batch: number;
  readonly inC: number;
  readonly outC: number;
  readonly groups: number;
  /** Size of the whole result. The axes may write a part of it. */
  readonly outH: number;
  readonly outW: number;
  /** [kH, kW, icg, outC] of Conv. */
  readonly filter: { readonly kW: number; readonly icg: number; readonly outC: number; readonly isTransposed: boolean };
}

export interface SegmentedOperands {
  readonly x: number;
  readonly w: number;
  readonly y: number;
  readonly weights: WeightStore;
  readonly bias?: number;
  readonly slopes?: number;
  readonly low?: number;
  readonly high?: number;
}

export type RunSegmented = (operands: SegmentedOperands) => void;

export function planSegmented({ device, tiles }: ConvContext, conv: Segmented, tables: Tables): RunSegmented {
  const { rows, columns, batch, outC, inC, groups } = conv;
  const count = batch * rows.count * columns.count;
  if (count === 0 || outC === 0) return () => {};
  const [icg, ocg] = [inC / groups, outC / groups];
  const tile = tileFor(tiles, ocg);
  const { kind, filter, bytes } = planPacking(conv, tile, tables);
  const padded = preparePadding(device, conv);
  const { segments, length, first, steps } = segmentsOf(conv, padded.width);
  const gemm = prepareGemm(device, tile, {
    table: tables(tableKey(conv), () => pixelTable(conv, padded)),
    steps: tables(`steps ${steps}`, () => Int32Array.from(steps)),
    ...{ segments, length, rows: count, columns: ocg, groups, xGroup: icg, yGroup: ocg },
  });
  return ({ x, w, y, weights, bias, slopes, low, high }) => {
    const pack = (to: number) => packFilter(device, tile.nr, w, to, filter);
    weights.with(kind, bytes, pack, (packed) => {
      padded.with(x, (image) => gemm({ x: image + first, w: packed, y, bias, slopes, low, high }));
    });
  };
}

/** Plans how the filter is packed, and names that layout. */
function planPacking({ rows, columns, inC, outC, groups, filter }: Segmented, tile: Tile, tables: Tables) {
  const [icg, ocg] = [inC / groups, outC / groups];
  const taps = rows.taps.flatMap((ky) => columns.taps.map((kx) => ky * filter.kW + kx));
  const tapBytes = 4 * filter.icg * filter.outC;
  const packed: PackedFilter = {
    tapTable: tables(`taps ${tapBytes} ${taps}`, () => Int32Array.from(taps, (tap) => tap * tapBytes)),
    ...{ taps: taps.length, rows: icg, columns: ocg, groups },
    // A transposed filter has the output channels, which are adjacent in memory, as rows.
    ...(filter.isTransposed ? { rowStep: 1, columnStep: filter.outC } : { rowStep: filter.outC, columnStep: 1 }),
    groupStep: filter.isTransposed ? icg : ocg,
  };
  return {
    kind: `gemm${tile.nr} ${filter.isTransposed} ${tapBytes} ${filter.outC} ${groups} ${taps}`,
    filter: packed,
    bytes: 4 * packedFloats(tile, { columns: ocg, depth: taps.length * icg, groups }),
  };
}

/** The segments that an output reads: whole lines of the window where a line's taps are adjacent, else single taps. */
export function segmentsOf(
  { rows, columns, inC, groups }: Pick<Segmented, 'rows' | 'columns' | 'inC' | 'groups'>,
  width: number,
) {
  const areAdjacent = columns.offsets.every((offset, i) => offset === columns.offsets[0] + i);
  const isWholeLine = groups === 1 && areAdjacent;
  const length = isWholeLine ? columns.offsets.length * inC : inC / groups;
  const inRow = isWholeLine ? columns.offsets.slice(0, 1) : columns.offsets;
  const starts = rows.offsets.flatMap((dy) => inRow.map((dx) => 4 * inC * (dy * width + dx)));
  const steps = starts.map((start, i) => (starts[i + 1] ?? start + 4 * length) - start - 4 * length);
  return { segments: starts.length, length, first: starts[0] ?? 0, steps };
}

type Geometry = Pick<Segmented, 'rows' | 'columns' | 'batch' | 'inC' | 'outC' | 'outH' | 'outW'>;

export function tableKey({ rows, columns, batch, inC, outC, outH, outW }: Geometry): string {
  const axis = (a: Axis) => {
    const { before, after } = paddingOf(a);
    return [a.count, a.start, a.step, a.outOrigin, a.outStep, a.size, before, after];
  };
  return `pixels ${[...axis(rows), ...axis(columns), batch, inC, outC, outH, outW]}`;
}

/** [rows][2]: the bytes that each output adds to the addresses of x and y. */
export function pixelTable({ rows, columns, batch, inC, outC, outH, outW }: Geometry, padded: PaddedImage): Int32Array {
  const count = batch * rows.count * columns.count;
  const table = new Int32Array(2 * Math.ceil(count / tableRows) * tableRows);
  let i = 0;
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < rows.count; j++) {
      const inRow = (n * padded.height + padded.top + rows.start + j * rows.step) * padded.width;
      const outRow = (n * outH + rows.outOrigin + j * rows.outStep) * outW;
      for (let k = 0; k < columns.count; k++) {
        table[i++] = 4 * inC * (inRow + padded.left + columns.start + k * columns.step);
        table[i++] = 4 * outC * (outRow + columns.outOrigin + k * columns.outStep);
      }
    }
  }
  for (; i < table.length; i++) table[i] = table[i - 2];
  return table;
}
