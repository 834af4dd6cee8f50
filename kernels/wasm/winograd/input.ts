// V[xi][tile][c] = BT d B for a block of tiles: d is the n x n patch of the image that a tile of m x m outputs reads.
//
// Patches inside the image are read in place. A patch that crosses the border is first copied into one of zeros, so
// that the image needs no padding.

import { type Fn, type I32, type I32Var, load, maxI32, minI32, type Program, program, splat } from '../emit/index.js';
import { copyRun, fillRun } from '../movement/runs.js';
import { declareConstants, inputConstants, type Transforms } from './transforms.js';

const args = {
  x: 'i32',
  v: 'i32',
  /** The number, in the whole batch, of the block's first tile. */
  firstTile: 'i32',
  tilesY: 'i32',
  tilesX: 'i32',
  inH: 'i32',
  inW: 'i32',
  channels: 'i32',
  padTop: 'i32',
  padLeft: 'i32',
  /** Bytes from tile to tile and from xi to xi in v. */
  vTile: 'i32',
  vMatrix: 'i32',
  /** `scratchBytes` for each thread: n*n vectors, then a patch. */
  scratch: 'i32',
  scratchBytes: 'i32',
} as const;

/** Bytes of scratch for each thread. */
export function inputScratchBytes({ n }: Transforms, channels: number): number {
  return 16 * n * n + 4 * n * n * channels + 64;
}

/** Item: a tile of the block. */
export function winogradInput(transforms: Transforms): Program<typeof args> {
  const { m, n } = transforms;
  return program(`winogradInput${m}x${transforms.r}`, args, (fn, a, { from, to, thread }) => {
    const constants = declareConstants(fn, inputConstants);
    const zero = fn.v128('zero', splat(0));
    const temporary = fn.i32('temporary', a.scratch.add(thread.mul(a.scratchBytes)));
    const patch = fn.i32('patch', temporary.add(16 * n * n));
    const pixel = fn.i32('pixel', a.channels.mul(4));
    const source = fn.i32('source');
    const rowBytes = fn.i32('rowBytes');
    const xi = fn.integers('xi', n, (j) => a.vMatrix.mul(j));
    fn.range('item', from, to, 1, (item) => {
      const tile = fn.i32('tile', a.firstTile.add(item));
      const y = fn.i32('y', tile.div(a.tilesX).rem(a.tilesY).mul(m).sub(a.padTop));
      const x = fn.i32('x', tile.rem(a.tilesX).mul(m).sub(a.padLeft));
      const image = fn.i32('image', a.x.add(tile.div(a.tilesX).div(a.tilesY).mul(a.inH).mul(a.inW).mul(pixel)));
      fn.set(source, image.add(y.mul(a.inW).add(x).mul(pixel)));
      fn.set(rowBytes, a.inW.mul(pixel));
      const isInside = y.ge(0).and(x.ge(0)).and(y.add(n).le(a.inH)).and(x.add(n).le(a.inW));
      fn.if(isInside.isZero(), () => {
        const top = fn.i32('top', maxI32(y, 0));
        const left = fn.i32('left', maxI32(x, 0));
        const bottom = fn.i32('bottom', minI32(y.add(n), a.inH));
        const right = fn.i32('right', minI32(x.add(n), a.inW));
        fillRun(fn, patch, zero, a.channels.mul(n * n));
        fn.range('row', top, bottom, 1, (row) => {
          const p = image.add(row.mul(a.inW).add(left).mul(pixel));
          const q = patch.add(row.sub(y).mul(n).add(left.sub(x)).mul(pixel));
          copyRun(fn, p, q, right.sub(left).mul(a.channels));
        });
        fn.set(source, patch);
        fn.set(rowBytes, pixel.mul(n));
      });
      const v = fn.i32('v', a.v.add(item.mul(a.vTile)));
      fn.times(a.channels.add(3).shr(2), () => {
        transformPatch(fn, { transforms, constants, source, rowBytes, pixel, temporary, v, xi, row: a.vMatrix.mul(n) });
        fn.advance(source, 16);
        fn.advance(v, 16);
      });
    });
  });
}

interface Patch {
  readonly transforms: Transforms;
  readonly constants: ReturnType<typeof declareConstants>;
  readonly source: I32Var;
  readonly rowBytes: I32Var;
  readonly pixel: I32Var;
  readonly temporary: I32Var;
  readonly v: I32Var;
  /** Bytes from v[xi = 0] to v[xi = j]. */
  readonly xi: readonly I32Var[];
  /** Bytes from v[xi] to v[xi + n]. */
  readonly row: I32;
}

/** Transforms four channels: the columns into `temporary`, then its rows into v. */
function transformPatch(fn: Fn, patch: Patch): void {
  const { transforms, constants, source, rowBytes, pixel, temporary, v, xi, row } = patch;
  const { n, input } = transforms;
  const d = fn.vectors('d', n);
  const column = fn.i32('column', source);
  const p = fn.i32('p');
  for (let j = 0; j < n; j++) {
    fn.set(p, column);
    for (let i = 0; i < n; i++) {
      fn.set(d[i], load(p));
      if (i < n - 1) fn.advance(p, rowBytes);
    }
    input(fn, d, constants, (i, value) => fn.store(temporary, value, 16 * (i * n + j)));
    fn.advance(column, pixel);
  }
  const q = fn.i32('q', v);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) fn.set(d[j], load(temporary, 16 * (i * n + j)));
    input(fn, d, constants, (j, value) => fn.store(q.add(xi[j]), value));
    if (i < n - 1) fn.advance(q, row);
  }
}
