// The k greatest values of each row and their indices, the greatest first. Among equal values the lower index comes
// first, and NaN is greater than everything.
//
// A heap holds the k best values so far, the worst of them at its root. Four values at a time are compared with that root;
// few of a long row pass it, but for rows that ascend, which are taken in another order. At the end the heap gives its
// values from the worst to the best.

import type { Device } from '../device.js';
import {
  type Fn,
  type I32,
  type I32Var,
  load,
  loadI32,
  minI32,
  program,
  splat,
  splatI,
  type V128,
  type V128Var,
} from '../emit/index.js';
import { withScratch } from '../scratch.js';

/** Integers in the order of the values: the bits of a float, with all but the sign of a negative one inverted. */
const keysOf = {
  float32(fn: Fn, value: V128): V128 {
    const x = fn.v128('x', value.add(splat(0))); // -0 becomes 0
    return x.ne(x).choose(splatI(0x7fffffff), x.xor(x.shrI(31).shrU(1)));
  },
  int32: (_fn: Fn, value: V128): V128 => value,
} as const;

export type TopKDtype = keyof typeof keysOf;

const args = {
  x: 'i32',
  /** [rows, k] each. */
  values: 'i32',
  indices: 'i32',
  length: 'i32',
  k: 'i32',
  /** A heap for each thread. */
  heaps: 'i32',
} as const;

/** Bytes of an entry of the heap: a key and an index. */
const entryBytes = 8;

/** Item: a row. */
const programOf = (dtype: TopKDtype) =>
  program(`topK_${dtype}`, args, (fn, a, { from, to, thread }) => {
    const heap = fn.i32('heap', a.heaps.add(thread.mul(a.k).mul(entryBytes)));
    const keys = fn.v128('keys');
    const size = fn.i32('size');
    fn.range('item', from, to, 1, (item) => {
      const row = fn.i32('row', a.x.add(item.mul(a.length).shl(2)));
      const p = fn.i32('p', row);
      const index = fn.i32('index', 0);
      const place = fn.i32('place', heap);
      fn.set(size, a.k);
      fn.times(a.k, () => {
        fn.set(keys, keysOf[dtype](fn, load(p)));
        storeEntry(fn, place, { key: keys.laneI(0), index });
        fn.advance(p, 4);
        fn.advance(index, 1);
        fn.advance(place, entryBytes);
      });
      const hole = fn.i32('root', a.k.shr(1));
      fn.while(hole.gt(0), () => {
        fn.advance(hole, -1);
        sink(fn, heap, hole, size, loadEntry(fn, heap.add(hole.shl(3))));
      });
      scan(fn, a.length, { heap, size, p, index, keys: () => keysOf[dtype](fn, load(p)) });
      const out = fn.i32('out', item.mul(a.k).add(a.k).shl(2));
      fn.while(size.gt(0), () => {
        fn.advance(out, -4);
        fn.advance(size, -1);
        const worst = fn.i32('worst', loadI32(heap, 4));
        fn.store(a.indices.add(out), worst);
        fn.store(a.values.add(out), loadI32(row.add(worst.shl(2))));
        sink(fn, heap, 0, size, loadEntry(fn, heap.add(size.shl(3))));
      });
    });
  });

interface Scan {
  readonly heap: I32;
  readonly size: I32;
  /** Where the next value is, and its index. */
  readonly p: I32Var;
  readonly index: I32Var;
  readonly keys: () => V128;
}

/** Values of a row that are visited one after the other where its order is scattered: a cache line. */
const lineValues = 16;

/**
 * Puts the rest of a row into a full heap. Of values in no order, about 0.7k of those between places i and 2i pass the
 * root. Where more than 2k do, the row ascends, and its rest is visited line by line in a scattered order, in which few
 * pass again.
 */
function scan(fn: Fn, length: I32, s: Scan): void {
  const { heap, size, p, index } = s;
  const least = fn.v128('least', splatI(loadI32(heap)));
  const passed = fn.i32('passed', 0);
  const mark = fn.i32('mark', size.shl(1));
  const scattered = fn.i32('scattered', 0);
  fn.while(index.lt(length).and(scattered.isZero()), () => {
    scanFour(fn, length, s, { passed, least, anyOrder: false });
    fn.advance(p, 16);
    fn.advance(index, 4);
    fn.if(index.gt(mark), () => {
      fn.set(mark, mark.shl(1));
      fn.set(passed, 0);
    });
    fn.set(scattered, passed.gt(size.shl(1)));
  });
  const [firstP, first] = [fn.i32('firstP', p), fn.i32('first', index)];
  const lines = fn.i32(
    'lines',
    length
      .sub(index)
      .add(lineValues - 1)
      .shr(4),
  );
  // A step that is odd visits all of a power of two; by the golden ratio any few visits are spread evenly. (Beyond 1.6
  // million values the product wraps around, and the order is another one.)
  const mask = fn.i32('mask', 0);
  fn.while(mask.lt(lines.sub(1)), () => fn.set(mask, mask.shl(1).or(1)));
  const step = fn.i32('step', mask.mul(40503).shr(16).or(1));
  const line = fn.i32('line', 0);
  fn.if(lines.gt(0), () =>
    fn.times(mask.add(1), () => {
      fn.if(line.lt(lines), () => {
        fn.set(p, firstP.add(line.shl(6)));
        fn.set(index, first.add(line.mul(lineValues)));
        fn.times(minI32(length.sub(index).add(3).shr(2), lineValues / 4), () => {
          scanFour(fn, length, s, { passed, least, anyOrder: true });
          fn.advance(p, 16);
          fn.advance(index, 4);
        });
      });
      fn.set(line, line.add(step).and(mask));
    }),
  );
}

interface Pass {
  /** Counts the values that have entered the heap. */
  readonly passed: I32Var;
  /** The key of the root. */
  readonly least: V128Var;
  /** Whether values of higher indices may be in the heap, which come after equal ones of lower indices. */
  readonly anyOrder: boolean;
}

function scanFour(fn: Fn, length: I32, s: Scan, { passed, least, anyOrder }: Pass): void {
  const { heap, size, index } = s;
  const four = fn.v128('four', s.keys());
  const greater = four.gtI(least);
  fn.if((anyOrder ? greater.or(four.eqI(least)) : greater).anyTrue(), () => {
    for (let lane = 0; lane < 4; lane++) {
      const entry = { key: fn.i32('key', four.laneI(lane)), index: fn.i32('at', index.add(lane)) };
      const passes = anyOrder ? isWorse(loadEntry(fn, heap), entry) : entry.key.gt(loadI32(heap));
      fn.if(passes.and(entry.index.lt(length)), () => {
        sink(fn, heap, 0, size, entry);
        fn.advance(passed, 1);
      });
    }
    fn.set(least, splatI(loadI32(heap)));
  });
}

interface Entry {
  readonly key: I32;
  readonly index: I32;
}

function loadEntry(fn: Fn, address: I32): Entry {
  const at = fn.i32('entry', address);
  return { key: fn.i32('entryKey', loadI32(at)), index: fn.i32('entryIndex', loadI32(at, 4)) };
}

function storeEntry(fn: Fn, address: I32, { key, index }: Entry): void {
  fn.store(address, key);
  fn.store(address, index, 4);
}

/** Whether a comes after b in the result. */
function isWorse(a: Entry, b: Entry): I32 {
  return a.key.lt(b.key).or(a.key.eq(b.key).and(a.index.gt(b.index)));
}

/** Puts an entry in place of the one at `hole`, below all that are worse. */
function sink(fn: Fn, heap: I32, hole: I32 | number, size: I32, entry: Entry): void {
  const at = fn.i32('hole', hole);
  const child = fn.i32('child', at.shl(1).add(1));
  fn.while(child.lt(size), () => {
    const right = fn.i32('right', child.add(1));
    fn.if(right.lt(size), () => {
      const [a, b] = [loadEntry(fn, heap.add(right.shl(3))), loadEntry(fn, heap.add(child.shl(3)))];
      fn.if(isWorse(a, b), () => fn.set(child, right));
    });
    const next = loadEntry(fn, heap.add(child.shl(3)));
    fn.if(
      isWorse(next, entry),
      () => {
        storeEntry(fn, heap.add(at.shl(3)), next);
        fn.set(at, child);
        fn.set(child, at.shl(1).add(1));
      },
      () => fn.set(child, size),
    );
  });
  storeEntry(fn, heap.add(at.shl(3)), entry);
}

export const topKPrograms = { float32: programOf('float32'), int32: programOf('int32') } as const;

export interface TopKOperands {
  /** Addresses of [rows, length] values, and of [rows, k] values and indices. */
  readonly x: number;
  readonly values: number;
  readonly indices: number;
  readonly rows: number;
  readonly length: number;
  /** From 1 to `length`. */
  readonly k: number;
}

export function topK(device: Device, dtype: TopKDtype, { rows, ...operands }: TopKOperands): void {
  const { length, k } = operands;
  withScratch(device, device.threads * k * entryBytes, (heaps) => {
    const cost = rows * (2 * length + 20 * k * Math.ceil(Math.log2(k + 1)));
    device.launch(topKPrograms[dtype], { ...operands, heaps }, { items: rows, cost });
  });
}
