// y = clamp(AT M A + bias) for a block of tiles, where M[xi][tile][k] are the products. Tiles may cross the lower and
// right border of the result. Nothing is written beyond the border.

import {
  type Fn,
  type I32,
  type I32Var,
  load,
  loadF32,
  minI32,
  type Program,
  program,
  splat,
  type V128Var,
} from '../emit/index.js';
import { declareConstants, outputConstants, type Transforms } from './transforms.js';

const args = {
  products: 'i32',
  y: 'i32',
  bias: 'i32',
  /** 16, or 0 where `bias` is the address of four zeros. */
  biasStep: 'i32',
  firstTile: 'i32',
  tilesY: 'i32',
  tilesX: 'i32',
  outH: 'i32',
  outW: 'i32',
  channels: 'i32',
  /** Bytes from tile to tile and from xi to xi in products. */
  tileBytes: 'i32',
  matrixBytes: 'i32',
  scratch: 'i32',
  scratchBytes: 'i32',
  low: 'f32',
  high: 'f32',
} as const;

/** Item: a tile of the block. */
export function winogradOutput(transforms: Transforms): Program<typeof args> {
  const { m, n } = transforms;
  return program(`winogradOutput${m}x${transforms.r}`, args, (fn, a, { from, to, thread }) => {
    const constants = declareConstants(fn, outputConstants);
    const [low, high] = [fn.v128('low', splat(a.low)), fn.v128('high', splat(a.high))];
    const temporary = fn.i32('temporary', a.scratch.add(thread.mul(a.scratchBytes)));
    const pixel = fn.i32('pixel', a.channels.mul(4));
    const line = fn.i32('line', a.outW.mul(pixel));
    const p = fn.vectors('p', n);
    const bias = fn.v128('bias');
    fn.range('item', from, to, 1, (item) => {
      const tile = fn.i32('tile', a.firstTile.add(item));
      const y = fn.i32('y', tile.div(a.tilesX).rem(a.tilesY).mul(m));
      const x = fn.i32('x', tile.rem(a.tilesX).mul(m));
      const image = tile.div(a.tilesX).div(a.tilesY);
      const out = fn.i32('out', a.y.add(image.mul(a.outH).add(y).mul(a.outW).add(x).mul(pixel)));
      const rows = fn.i32('rows', a.outH.sub(y));
      const columns = fn.i32('columns', a.outW.sub(x));
      const source = fn.i32('source', a.products.add(item.mul(a.tileBytes)));
      const biasAt = fn.i32('biasAt', a.bias);
      const left = fn.i32('left', a.channels);
      fn.while(left.gt(0), () => {
        const q = fn.i32('q', source);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            fn.set(p[j], load(q));
            fn.advance(q, a.matrixBytes);
          }
          transforms.output(fn, p, constants, (j, value) => fn.store(temporary, value, 16 * (i * m + j)));
        }
        fn.set(bias, load(biasAt));
        const corner = { out, rows, columns, line, pixel, left };
        writeTile(fn, { m, n, temporary, corner }, (column, put) => {
          for (let i = 0; i < n; i++) fn.set(p[i], load(temporary, 16 * (i * m + column)));
          transforms.output(fn, p, constants, (i, value) => put(i, value.add(bias).pmax(low).pmin(high)));
        });
        fn.advance(source, 16);
        fn.advance(out, 16);
        fn.advance(biasAt, a.biasStep);
        fn.set(left, left.sub(4));
      });
    });
  });
}

interface Corner {
  readonly out: I32Var;
  /** Rows and columns from the tile's corner to the end of the result. */
  readonly rows: I32Var;
  readonly columns: I32Var;
  readonly line: I32;
  readonly pixel: I32;
  /** Channels left to write; four at a time are written. */
  readonly left: I32Var;
}

interface Tile {
  readonly m: number;
  readonly n: number;
  readonly temporary: I32Var;
  readonly corner: Corner;
}

type Column = (column: number, put: (i: number, value: V128Var | ReturnType<V128Var['add']>) => void) => void;

/** Writes a whole tile of four channels straight to y, and any other tile value by value from `temporary`. */
function writeTile(fn: Fn, { m, n, temporary, corner }: Tile, makeColumn: Column): void {
  const { out, rows, columns, line, pixel, left } = corner;
  const isWhole = rows.ge(m).and(columns.ge(m)).and(left.ge(4));
  const lines = fn.integers('line', m);
  fn.if(
    isWhole,
    () => {
      for (let i = 0; i < m; i++) fn.set(lines[i], i === 0 ? out : lines[i - 1].add(line));
      for (let j = 0; j < m; j++) {
        makeColumn(j, (i, value) => fn.store(lines[i], value));
        if (j < m - 1) for (const at of lines) fn.advance(at, pixel);
      }
    },
    () => {
      // After the n x m vectors that hold the first pass.
      const at = (i: number, j: number) => 16 * (n * m + i * m + j);
      for (let j = 0; j < m; j++) makeColumn(j, (i, value) => fn.store(temporary, value, at(i, j)));
      fn.range('i', 0, minI32(rows, m), 1, (i) => {
        fn.range('j', 0, minI32(columns, m), 1, (j) => {
          const from = fn.i32('from', temporary.add(16 * n * m).add(i.mul(m).add(j).mul(16)));
          const to = fn.i32('to', out.add(i.mul(line)).add(j.mul(pixel)));
          fn.if(
            left.ge(4),
            () => fn.store(to, load(from)),
            () =>
              fn.times(left, () => {
                fn.store(to, loadF32(from));
                fn.advance(from, 4);
                fn.advance(to, 4);
              }),
          );
        });
      });
    },
  );
}

/** Bytes of scratch for each thread. */
export function outputScratchBytes({ m, n }: Transforms): number {
  return 16 * (n * m + m * m);
}
