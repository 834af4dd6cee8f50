// Any convolution, NHWC, as one segmented matrix product (gemm.ts): forward, and each phase of the input gradient.

import { type Axis, frameOf } from './access.js';
import type { ConvContext, WeightStore } from './context.js';
import { withFrame } from './frame.js';
import { packedFloats, runGemm, tableRows } from './gemm.js';
import { packFilter } from './pack.js';

/** A convolution of an image with inC channels into one with outC; either both are those of Conv or they change places. */
export interface Segmented {
  readonly rows: Axis;
  readonly columns: Axis;
  readonly batch: number;
  readonly inC: number;
  readonly outC: number;
  readonly groups: number;
  /** Size of the whole result, of which the axes may write a part. */
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
  readonly low?: number;
  readonly high?: number;
}

export function runSegmented(context: ConvContext, conv: Segmented, operands: SegmentedOperands): void {
  const { device, tiles, tables } = context;
  const { rows, columns, batch, inC, outC, groups, filter } = conv;
  const { x, w, y, weights, bias, low, high } = operands;
  const count = batch * rows.count * columns.count;
  if (count === 0 || outC === 0) return;
  const [icg, ocg] = [inC / groups, outC / groups];
  const tile = ocg <= tiles.narrow.nr ? tiles.narrow : tiles.wide;
  const taps = rows.taps.flatMap((ky) => columns.taps.map((kx) => ky * filter.kW + kx));
  const packed = {
    taps: taps.length,
    rows: icg,
    columns: ocg,
    groups,
    // A transposed filter is read with the output channels, which are neighbours in memory, as rows.
    ...(filter.isTransposed ? { rowStep: 1, columnStep: filter.outC } : { rowStep: filter.outC, columnStep: 1 }),
    groupStep: filter.isTransposed ? icg : ocg,
  };
  const tapBytes = 4 * filter.icg * filter.outC;
  const kind = `gemm${tile.nr} ${filter.isTransposed} ${tapBytes} ${filter.outC} ${groups} ${taps}`;
  const bytes = 4 * packedFloats(tile, { columns: ocg, depth: taps.length * icg, groups });
  const pack = (to: number) => {
    const tapTable = tables.get(`taps ${tapBytes} ${taps}`, () => Int32Array.from(taps, (tap) => tap * tapBytes));
    packFilter(device, tile.nr, w, to, { ...packed, tapTable });
  };
  weights.with(kind, bytes, pack, (packedW) => {
    withFrame(device, { image: x, batch, inC, rows, columns }, (framed) => {
      const { segments, length, first, steps } = segmentsOf(conv, framed.width);
      const table = tables.get(tableKey(conv), () => pixelTable(conv, framed));
      const stepTable = tables.get(`steps ${steps}`, () => Int32Array.from(steps));
      runGemm(device, tile, {
        ...{ table, steps: stepTable, segments, length, x: framed.image + first, w: packedW, y, rows: count },
        ...{ columns: ocg, groups, xGroup: icg, yGroup: ocg, bias, low, high },
      });
    });
  });
}

/** The runs of neighbouring floats that an output reads: a whole line of the window where its taps are neighbours. */
export function segmentsOf(
  { rows, columns, inC, groups }: Pick<Segmented, 'rows' | 'columns' | 'inC' | 'groups'>,
  width: number,
) {
  const areNeighbours = columns.offsets.every((offset, i) => offset === columns.offsets[0] + i);
  const joins = groups === 1 && areNeighbours;
  const length = joins ? columns.offsets.length * inC : inC / groups;
  const inRow = joins ? columns.offsets.slice(0, 1) : columns.offsets;
  const starts = rows.offsets.flatMap((dy) => inRow.map((dx) => 4 * inC * (dy * width + dx)));
  const steps = starts.map((start, i) => (starts[i + 1] ?? start + 4 * length) - start - 4 * length);
  return { segments: starts.length, length, first: starts[0] ?? 0, steps };
}

export interface Framed {
  readonly image: number;
  /** Size with the frame, and where the image begins in it. */
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
}

type Geometry = Pick<Segmented, 'rows' | 'columns' | 'batch' | 'inC' | 'outC' | 'outH' | 'outW'>;

export function tableKey({ rows, columns, batch, inC, outC, outH, outW }: Geometry): string {
  const axis = (a: Axis) => {
    const { before, after } = frameOf(a);
    return [a.count, a.start, a.step, a.outOrigin, a.outStep, a.size, before, after];
  };
  return `pixels ${[...axis(rows), ...axis(columns), batch, inC, outC, outH, outW]}`;
}

/** [rows][2]: what to add to the addresses of x and y for each output, in bytes. */
export function pixelTable({ rows, columns, batch, inC, outC, outH, outW }: Geometry, framed: Framed): Int32Array {
  const count = batch * rows.count * columns.count;
  const table = new Int32Array(2 * Math.ceil(count / tableRows) * tableRows);
  let i = 0;
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < rows.count; j++) {
      const inRow = (n * framed.height + framed.top + rows.start + j * rows.step) * framed.width;
      const outRow = (n * outH + rows.outOrigin + j * rows.outStep) * outW;
      for (let k = 0; k < columns.count; k++) {
        table[i++] = 4 * inC * (inRow + framed.left + columns.start + k * columns.step);
        table[i++] = 4 * outC * (outRow + columns.outOrigin + k * columns.outStep);
      }
    }
  }
  for (; i < table.length; i++) table[i] = table[i - 2];
  return table;
}
