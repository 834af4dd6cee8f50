// Which register tiles suit this machine, found out by running them.
//
// 4x8 is good everywhere. 6x8 reaches the multiply-add limit in V8 from 13 on (48 against 41 GFLOP/s at 3 GHz) but spills
// registers in the compilers before (30 against 42), and without fused multiply-add it needs a register more. No version
// number says so for every engine and processor; a millisecond of measuring does.

import type { Device } from '../device.js';
import { packedFloats, prepareGemm, type Tile, tableRows } from './gemm.js';

export interface Tiles {
  /** For 5 columns and more. */
  readonly wide: Tile;
  /** For up to 4 columns. */
  readonly narrow: Tile;
}

export const tileCandidates: readonly Tile[] = [
  { mr: 4, nr: 8 },
  { mr: 6, nr: 8 },
];
const narrow: Tile = { mr: 6, nr: 4 };

/** By what the choice depends on within one process. */
const chosen = new Map<string, Tiles>();

export function chooseTiles(device: Device): Tiles {
  const key = JSON.stringify(device.features);
  const known = chosen.get(key);
  if (known) return known;
  const times = tileCandidates.map((tile) => timeTile(device, tile));
  const best = times.indexOf(Math.min(...times));
  const tiles = { wide: tileCandidates[best], narrow };
  chosen.set(key, tiles);
  return tiles;
}

const rows = tableRows;
const columns = 24;
const length = 128;
const repeats = 6;

/** Milliseconds of a product that stays in the first-level cache; the best of a few, after one that compiles. */
function timeTile(device: Device, tile: Tile): number {
  const floats =
    rows * length + packedFloats(tile, { columns, depth: length, groups: 1 }) + rows * columns + 2 * rows + 1;
  const scratch = device.alloc(4 * floats);
  device.floats(scratch, floats).fill(0);
  const x = scratch;
  const w = x + 4 * rows * length;
  const y = w + 4 * packedFloats(tile, { columns, depth: length, groups: 1 });
  const table = y + 4 * rows * columns;
  device.ints(table, 2 * rows).set(Array.from({ length: rows }, (_, i) => [4 * i * length, 4 * i * columns]).flat());
  const steps = table + 8 * rows;
  const gemm = prepareGemm(device, tile, { table, steps, segments: 1, length, rows, columns });
  const run = () => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) gemm({ x, w, y });
    return performance.now() - start;
  };
  run();
  const times = Array.from({ length: 5 }, run);
  device.free(scratch);
  return Math.min(...times);
}
