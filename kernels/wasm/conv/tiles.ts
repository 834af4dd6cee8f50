// Chooses the register tiles that suit this machine, by timing them.
//
// 4x8 is good everywhere. 6x8 reaches the multiply-add limit since V8 13 (48 against 41 GFLOP/s at 3 GHz) but spills
// registers in older compilers (30 against 42), and without fused multiply-add it needs one register more. No version
// number predicts this for every engine and processor. Measuring takes a millisecond.

import type { Device } from '../device.js';
import type { Features } from '../emit/index.js';
import { packedFloats, prepareGemm, type Tile, tableRows } from './gemm.js';

export interface Tiles {
  /** For up to 4 columns. */
  readonly narrow: Tile;
  /** For 5 columns and more. */
  readonly wide: Tile;
  /** For columns that fill it; absent where there is no such tile. */
  readonly widest?: Tile;
}

/** The tile for a number of columns. */
export function tileFor({ narrow, wide, widest }: Tiles, columns: number): Tile {
  if (columns <= narrow.nr) return narrow;
  if (!widest) return wide;
  const padded = (nr: number) => nr * Math.ceil(columns / nr);
  return padded(widest.nr) <= 1.2 * padded(wide.nr) ? widest : wide;
}

export const tileCandidates: readonly Tile[] = [
  { mr: 4, nr: 8 },
  { mr: 6, nr: 8 },
];
const narrow: Tile = { mr: 6, nr: 4 };

/**
 * The tile for V8's revectorization (Features.revec). With fused multiply-add 6x16 has 24 sums in 12 registers of 256
 * bits: 194 GFLOP/s where 6x8 has 103, and 74 without revectorization, since its sums do not fit into the registers then.
 * Without fused multiply-add products need registers, too: 4x16 has 148 GFLOP/s, 6x16 has 97, and 4x8 has 84 without
 * revectorization (AMD EPYC, Node 24).
 */
export const revecTile = ({ fma }: Pick<Features, 'fma'>): Tile => ({ mr: fma ? 6 : 4, nr: 16 });

/** Every tile that chooseTiles() may return. */
export const allTiles: readonly Tile[] = [
  ...tileCandidates,
  narrow,
  revecTile({ fma: true }),
  revecTile({ fma: false }),
];

/** The choices so far, by features: nothing else changes within a process. */
const chosen = new Map<string, Tiles>();

export function chooseTiles(device: Device): Tiles {
  const key = JSON.stringify(device.features);
  const known = chosen.get(key);
  if (known) return known;
  const times = tileCandidates.map((tile) => timeTile(device, tile));
  const best = times.indexOf(Math.min(...times));
  const tiles = {
    narrow,
    wide: tileCandidates[best],
    widest: device.features.revec ? revecTile(device.features) : undefined,
  };
  chosen.set(key, tiles);
  return tiles;
}

const rows = tableRows;
const columns = 48;
const length = 128;
const repeats = 4;

// Small integers, so that every sum is exact in any order.
const xAt = (row: number, k: number) => ((row * 5 + k) % 7) - 3;
const wAt = (k: number, column: number) => ((k * 3 + column) % 5) - 2;
/** Fractions, so that sums round; a row may have an infinity, a NaN or a signed zero. */
const fractionAt = (row: number, k: number) =>
  k === row ? [Number.NaN, -0, Number.POSITIVE_INFINITY, 1, 2][k % 5] : xAt(row, k) / 7;

/** Milliseconds of a product that stays in the first-level cache, as timeProduct(). Infinity if the result is wrong. */
export function timeTile(device: Device, tile: Tile): number {
  const { y, ms } = timeProduct(device, tile, 5, xAt);
  return isRight(y) ? ms : Number.POSITIVE_INFINITY;
}

/** The elements of a product, row by row, and the milliseconds of the best of some runs, after one that compiles. */
export function timeProduct(
  device: Device,
  tile: Tile,
  runs: number,
  at = fractionAt,
): { readonly y: Float32Array; readonly ms: number } {
  const counts = [rows * length, packedFloats(tile, { columns, depth: length, groups: 1 }), rows * columns, 2 * rows];
  const total = counts.reduce((sum, count) => sum + count, 1);
  const scratch = device.alloc(4 * total);
  const [x, w, y, table, steps] = [0, 1, 2, 3, 4].map((i) => {
    return scratch + 4 * counts.slice(0, i).reduce((sum, count) => sum + count, 0);
  });
  try {
    fillRows(device.floats(x, counts[0]), at);
    packValues(device.floats(w, counts[1]), tile.nr);
    const offsets = Array.from({ length: rows }, (_, i) => [4 * i * length, 4 * i * columns]);
    device.ints(table, counts[3] + 1).set([...offsets.flat(), 0]);
    const gemm = prepareGemm(device, tile, {
      ...{ table: { address: table }, steps: { address: steps } },
      ...{ segments: 1, length, rows, columns },
    });
    const run = () => {
      const start = performance.now();
      for (let i = 0; i < repeats; i++) gemm({ x, w, y });
      return performance.now() - start;
    };
    run();
    const ms = Math.min(...Array.from({ length: runs }, run));
    return { y: device.floats(y, counts[2]).slice(), ms };
  } finally {
    device.free(scratch);
  }
}

// Plain loops, since all of this runs once, before it is compiled.
function fillRows(x: Float32Array, at: (row: number, k: number) => number): void {
  for (let row = 0, i = 0; row < rows; row++) for (let k = 0; k < length; k++, i++) x[i] = at(row, k);
}

function packValues(w: Float32Array, nr: number): void {
  for (let panel = 0, i = 0; i < w.length; panel++) {
    for (let k = 0; k < length; k++) for (let n = 0; n < nr; n++, i++) w[i] = wAt(k, panel * nr + n);
  }
}

/** The values of wAt repeat after five columns, those of xAt after seven rows: so do their sums. */
const periods = { rows: 7, columns: 5 };
let expected: Float32Array | undefined;

function isRight(y: Float32Array): boolean {
  expected ??= expectedSums();
  for (let row = 0, i = 0; row < rows; row++) {
    const first = (row % periods.rows) * periods.columns;
    for (let column = 0; column < columns; column++, i++) {
      if (y[i] !== expected[first + (column % periods.columns)]) return false;
    }
  }
  return true;
}

function expectedSums(): Float32Array {
  const sums = new Float32Array(periods.rows * periods.columns);
  for (let row = 0, i = 0; row < periods.rows; row++) {
    for (let column = 0; column < periods.columns; column++, i++) {
      for (let k = 0; k < length; k++) sums[i] += xAt(row, k) * wAt(k, column);
    }
  }
  return sums;
}
