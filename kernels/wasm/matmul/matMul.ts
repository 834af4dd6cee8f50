// c[i] = clamp(op(a[i]) * op(b[i]) + bias) for a batch of matrices; op is a transposition or nothing.
//
//   few rows                     gemv, which reads b without packing it
//   a transposed, b not          a sum of outer products, which reads both along their rows and packs nothing
//   else                         the matrix product of convolutions. Packing b can transpose it; a transposed a is
//                                transposed first

import type { ConvContext, WeightStore } from '../conv/context.js';
import { packedFloats, prepareGemm, tableRows } from '../conv/gemm.js';
import { outerTile, runOuter } from '../conv/gradFilter.js';
import { packFilter } from '../conv/pack.js';
import { tileFor } from '../conv/tiles.js';
import { transposeBatches } from '../movement/transpose.js';
import { withScratch } from '../scratch.js';
import { gemvRows, runGemv } from './gemv.js';

export interface MatMul {
  readonly batch: number;
  /** Whether all products share one a, or one b. */
  readonly sharesA: boolean;
  readonly sharesB: boolean;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export interface MatMulOperands {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Packed forms of b. */
  readonly weights: WeightStore;
  readonly bias?: number;
  readonly low: number;
  readonly high: number;
}

export function runMatMul(context: ConvContext, product: MatMul, operands: MatMulOperands): void {
  const { device } = context;
  const { batch, sharesA, sharesB, rows, depth, columns, transposeA, transposeB } = product;
  const { a, b, c, bias, low, high } = operands;
  if (batch * rows * columns === 0) return;
  const isPlain = bias === undefined && low === -Infinity && high === Infinity;
  if (sharesB && !sharesA && batch > 1 && !transposeA) {
    // The rows of all matrices form one matrix.
    const folded = { ...product, batch: 1, sharesA: true, rows: batch * rows };
    runMatMul(context, folded, operands);
  } else if (batch === 1 && rows <= gemvRows && !transposeB && (!transposeA || rows === 1)) {
    runGemv(device, { x: a, w: b, y: c, rows, depth, columns, bias, low, high });
  } else if (transposeA && !transposeB && isPlain && batch === 1 && depth > 0) {
    runTransposedA(context, product, operands);
  } else if (transposeA) {
    const matrices = sharesA ? 1 : batch;
    withScratch(device, 4 * matrices * rows * depth, (transposed) => {
      transposeBatches(device, { from: a, to: transposed, batch: matrices, rows: depth, columns: rows });
      runPacked(context, product, { ...operands, a: transposed });
    });
  } else runPacked(context, product, operands);
}

/** c[m, n] = sum over k of a[k, m] * b[k, n] */
function runTransposedA({ device, plans }: ConvContext, product: MatMul, { a, b, c }: MatMulOperands): void {
  const { rows, depth, columns } = product;
  const key = `rows ${depth} ${rows} ${columns}`;
  const table = plans.get(key, '', (tables) => tables(key, () => rowTable(depth, rows, columns)));
  const tile = outerTile(columns, device.features);
  runOuter(device, tile, {
    ...{ table, starts: { address: device.zeros }, segments: 1, length: rows, x: a, dy: b, dw: c, groups: 1 },
    ...{ pixels: depth, columns, icg: rows, outC: columns },
  });
}

function runPacked({ device, plans, tiles }: ConvContext, product: MatMul, operands: MatMulOperands): void {
  const { batch, sharesA, sharesB, rows, depth, columns, transposeB } = product;
  const { a, b, c, weights, bias, low, high } = operands;
  const tile = tileFor(tiles, columns);
  const groups = sharesB ? 1 : batch;
  const bytes = 4 * packedFloats(tile, { columns, depth, groups });
  const steps = transposeB ? { rowStep: 1, columnStep: depth } : { rowStep: columns, columnStep: 1 };
  const filter = { tapTable: { address: device.zeros }, taps: 1, rows: depth, columns, groups, ...steps };
  const pack = (to: number) => packFilter(device, tile.nr, b, to, { ...filter, groupStep: depth * columns });
  // With one b and several a, each a is a launch. One table of rows serves all.
  const launches = sharesB ? batch : 1;
  const xGroup = sharesA ? 0 : rows * depth;
  const key = `matmul ${rows} ${depth} ${columns} ${groups} ${xGroup}`;
  const gemm = plans.get(key, `${tile.mr}x${tile.nr}`, (tables) => {
    const table = tables(`rows ${rows} ${depth} ${columns}`, () => rowTable(rows, depth, columns));
    const shape = { table, steps: { address: device.zeros }, segments: 1, length: depth, rows, columns };
    return prepareGemm(device, tile, { ...shape, groups, xGroup, yGroup: rows * columns, biasGroup: 0 });
  });
  weights.with(`matmul${tile.nr} ${transposeB} ${depth} ${columns} ${groups}`, bytes, pack, (w) => {
    for (let i = 0; i < launches; i++) {
      gemm({ x: a + 4 * i * xGroup, w, y: c + 4 * i * rows * columns, bias, low, high });
    }
  });
}

/** [rows][2]: the bytes from the matrix to row i, for x and for y. */
function rowTable(rows: number, xColumns: number, yColumns: number): Int32Array {
  const padded = Math.ceil(rows / tableRows) * tableRows;
  return Int32Array.from({ length: 2 * padded }, (_, i) => {
    const row = Math.min(i >> 1, rows - 1);
    return 4 * row * (i % 2 === 0 ? xColumns : yColumns);
  });
}
