// The heap: no two tensors share a byte, freed memory is used again, and growing loses nothing.

import { expect } from 'chai';
import { Allocator } from '../../../../src/engines/cpu/runtime/allocator.js';
import { detectSharedMemory } from '../../../../src/engines/cpu/runtime/features.js';
import { Heap, reservedBytes } from '../../../../src/engines/cpu/runtime/heap.js';
import { alignment } from '../../../../src/engines/cpu/runtime/heapBlock.js';

const MB = 2 ** 20;

/** Mulberry32: 0 <= value < 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('allocator', () => {
  for (const seed of [1, 2, 3, 4, 5]) it(`2000 random steps, seed ${seed}`, () => fuzz(seed));

  it('merges adjacent blocks in whatever order they are freed', () => {
    for (const order of ['012', '021', '102', '120', '201', '210']) {
      const allocator = new Allocator(0, 64);
      allocator.extend(64 + 3 * MB);
      const addresses = [0, 1, 2].map(() => allocator.take(MB) as number);
      expect(allocator.take(MB)).to.equal(undefined);
      for (const i of order) allocator.give(addresses[Number(i)]);
      expect(allocator.take(3 * MB), order).to.equal(64);
    }
  });

  it('keeps small blocks for the next of their size', () => {
    const allocator = new Allocator(0, 1024);
    const [a, b, c] = [64, 64, 128].map((bytes) => allocator.take(bytes) as number);
    for (const address of [a, c, b]) allocator.give(address);
    expect(allocator.used).to.equal(0);
    expect(allocator.take(100)).to.equal(c);
    expect(allocator.take(64)).to.equal(b);
    expect(() => allocator.give(a), 'it waits').to.throw(/must be one that is taken; received 0/);
    expect(allocator.take(1024 - 256)).to.equal(256);
    expect(allocator.take(128), 'full').to.equal(undefined);
  });

  it('lets a megabyte of small blocks wait, and merges the others at once', () => {
    const allocator = new Allocator(0, 4 * MB);
    const blocks = Array.from({ length: 32 }, () => allocator.take(65536) as number);
    for (const address of blocks) allocator.give(address);
    expect(allocator.take(MB), 'the sixteen that do not wait').to.equal(16 * 65536);
  });

  it('says by how much the range must be extended, beside the free block at its end', () => {
    const allocator = new Allocator(0, MB);
    allocator.extend(9 * MB);
    expect(allocator.missing(10 * MB)).to.equal(2 * MB);
    const first = allocator.take(3 * MB) as number;
    expect(allocator.missing(10 * MB)).to.equal(5 * MB);
    allocator.take(5 * MB);
    allocator.give(first);
    expect(allocator.missing(10 * MB), 'what is free is not at the end').to.equal(10 * MB);
    allocator.extend(19 * MB);
    expect(allocator.take(10 * MB)).to.equal(9 * MB);
  });

  it('lays small blocks together, below large ones that come and go', () => {
    const allocator = new Allocator(0, MB);
    allocator.extend(64 * MB);
    for (let i = 0; i < 8; i++) {
      const large = allocator.take(7 * MB) as number;
      expect(allocator.take(1000), `small ${i}`).to.be.lessThan(MB);
      expect(large % (7 * MB), `large ${i}`).to.equal(MB);
    }
  });

  it('moves blocks together, but none that is pinned or has no owner', () => {
    const allocator = new Allocator(0, 64);
    allocator.extend(64 + 16 * MB);
    const owner = (isPinned = false) => ({ address: 0, isPinned });
    const take = (mb: number, one?: ReturnType<typeof owner>) => {
      const address = allocator.take(mb * MB, one) as number;
      if (one) one.address = address;
      return address;
    };
    const [a, b, c, d] = [owner(), owner(), owner(true), owner()];
    const places = [take(1, a), take(2), take(3, b), take(1), take(1, c), take(2), take(2, d), take(1), take(3)];
    for (const i of [1, 3, 5, 7]) allocator.give(places[i]);
    const moves: number[][] = [];
    allocator.moveTogether((to, from, bytes) => moves.push([(to - 64) / MB, (from - 64) / MB, bytes / MB]));
    expect(moves).to.deep.equal([
      [1, 3, 3],
      [8, 10, 2],
    ]);
    expect([a, b, c, d].map(({ address }) => (address - 64) / MB)).to.deep.equal([0, 1, 7, 8]);
    expect([take(3), take(3)].map((address) => (address - 64) / MB).sort()).to.deep.equal([10, 4]);
  });

  it('gathers the free bytes at the end, so that the range is extended less', () => {
    const allocator = new Allocator(0, 64);
    allocator.extend(64 + 8 * MB);
    const owner = { address: 0, isPinned: false };
    const first = allocator.take(2 * MB) as number;
    owner.address = allocator.take(3 * MB, owner) as number;
    allocator.give(first);
    expect(allocator.missing(6 * MB)).to.equal(3 * MB);
    allocator.moveTogether(() => {});
    expect(owner.address).to.equal(64);
    expect(allocator.missing(6 * MB)).to.equal(MB);
  });

  it('refuses addresses that are not taken', () => {
    const allocator = new Allocator(0, 1024);
    const address = allocator.take(100) as number;
    expect(() => allocator.give(address + 64)).to.throw(/must be one that is taken; received 64/);
    allocator.give(address);
    expect(() => allocator.give(address)).to.throw(/must be one that is taken; received 0/);
  });
});

/** Takes and frees at random, beside a plain list of taken blocks. In the end everything is one free block. */
function fuzz(seed: number): void {
  const random = randomOf(seed);
  const start = 4096;
  let end = start + MB;
  const allocator = new Allocator(start, end);
  const taken: Taken[] = [];
  /** What is in the memory: each block's number in its first and last line. */
  const memory = new Map<number, number>();
  let blocks = 0;
  let peak = 0;
  for (let step = 0; step < 2000; step++) {
    const choice = random();
    if (choice < 0.55) {
      const bytes = Math.floor(2 ** (random() * 20));
      const owner = random() < 0.7 ? { address: 0, isPinned: random() < 0.3 } : undefined;
      const address = allocator.take(bytes, owner);
      const size = Math.ceil(Math.max(bytes, 1) / alignment) * alignment;
      if (address === undefined) {
        end += MB * (1 + Math.floor(random() * 4));
        allocator.extend(end);
      } else {
        const block = { at: owner ?? { address }, size, number: blocks++ };
        block.at.address = address;
        expectFree(taken, block, start, end);
        taken.push(block);
        for (const line of [address, address + size - alignment]) memory.set(line, block.number);
      }
    } else if (choice > 0.95) {
      const fixed = taken.filter(({ at }) => !('isPinned' in at) || at.isPinned).map(({ at }) => at.address);
      allocator.moveTogether((to, from, bytes) => {
        const ends = [0, bytes - alignment].map((offset) => memory.get(from + offset) as number);
        ends.forEach((number, i) => void memory.set(to + i * (bytes - alignment), number));
      });
      expect(fixed).to.deep.equal(
        taken.filter(({ at }) => !('isPinned' in at) || at.isPinned).map(({ at }) => at.address),
      );
      for (const [i, block] of taken.entries()) {
        expectFree(taken.slice(0, i), block, start, end);
        const { address } = block.at;
        for (const line of [address, address + block.size - alignment]) expect(memory.get(line)).to.equal(block.number);
      }
    } else if (taken.length > 0) {
      const [{ at }] = taken.splice(Math.floor(random() * taken.length), 1);
      allocator.give(at.address);
    }
    const used = taken.reduce((sum, { size }) => sum + size, 0);
    peak = Math.max(peak, used);
    expect([allocator.used, allocator.peak]).to.deep.equal([used, peak]);
  }
  for (const { at } of taken) allocator.give(at.address);
  expect(allocator.used).to.equal(0);
  // What waits keeps its place in a slab: at most 1 MB. The rest can be taken again, in any pieces.
  let again = 0;
  while (allocator.take(2 ** 17) !== undefined) again += 2 ** 17;
  expect(again / (end - start), 'taken again').to.be.at.least(0.8);
}

interface Taken {
  /** The owner, or the place of a block without one. */
  readonly at: { address: number };
  readonly size: number;
  readonly number: number;
}

function expectFree(taken: readonly Taken[], { at: { address }, size }: Taken, start: number, end: number): void {
  expect(address % alignment).to.equal(0);
  expect(address >= start && address + size <= end, `${address} within the range`).to.equal(true);
  const other = taken.find(({ at, size: bytes }) => address < at.address + bytes && at.address < address + size);
  expect(other, `overlap with ${address}`).to.equal(undefined);
}

for (const shared of detectSharedMemory() ? [false, true] : [false]) {
  describe(`heap, ${shared ? 'shared' : 'not shared'}`, () => {
    it('gives aligned addresses after the reserved bytes', () => {
      const heap = new Heap(shared);
      expect(heap.shared).to.equal(shared);
      for (const bytes of [0, 1, 63, 64, 65, 1000]) {
        const address = heap.alloc(bytes);
        expect(address % 64).to.equal(0);
        expect(address).to.be.at.least(reservedBytes);
      }
    });

    it('keeps its content when it grows, and its views are current', () => {
      const heap = new Heap(shared);
      const kept = Array.from({ length: 10 }, (_, i) => {
        const address = heap.alloc(4000);
        heap.floats(address, 1000).fill(i + 1);
        return address;
      });
      for (let round = 0; round < 4; round++) {
        const size = heap.totalBytes;
        const big = heap.alloc(20 * MB); // more than is left
        expect(heap.totalBytes).to.be.greaterThan(size);
        heap.bytes(big, 20 * MB).fill(255);
        heap.ints(big, 5 * MB)[5 * MB - 1] = 7;
        expect(heap.words().i32[big / 4 + 5 * MB - 1]).to.equal(7);
        for (const [i, address] of kept.entries()) {
          expect([...new Set(heap.floats(address, 1000))], `block ${i}`).to.deep.equal([i + 1]);
        }
      }
    });

    it('recognizes its own views, also those from before it grew', () => {
      const heap = new Heap(shared);
      const views = [heap.floats(reservedBytes, 16)];
      const { buffer } = views[0];
      heap.alloc(100 * MB);
      views.push(heap.floats(reservedBytes, 16));
      expect(heap.owns(buffer)).to.equal(true);
      for (const view of views) expect(heap.owns(view.buffer)).to.equal(true);
      expect(heap.owns(new ArrayBuffer(8))).to.equal(false);
      expect(views[1].length).to.equal(16);
    });

    it('leaves 64 bytes after the last tensor that may be read', () => {
      const heap = new Heap(shared, 18 * MB);
      const room = heap.totalBytes - reservedBytes - 64;
      expect(heap.alloc(room - 4 * MB)).to.equal(reservedBytes + 4 * MB);
      expect(heap.alloc(4 * MB), 'what is laid aside for small blocks').to.equal(reservedBytes);
      expect(heap.totalBytes).to.equal(16 * MB);
      heap.alloc(64);
      expect(heap.totalBytes).to.be.greaterThan(16 * MB);
    });

    it('reports the bytes in use and the peak, and frees', () => {
      const heap = new Heap(shared);
      const [a, b] = [heap.alloc(100), heap.alloc(MB)];
      expect([heap.usedBytes, heap.peakBytes]).to.deep.equal([128 + MB, 128 + MB]);
      heap.free(b);
      heap.free(a);
      expect([heap.usedBytes, heap.peakBytes]).to.deep.equal([0, 128 + MB]);
      expect(heap.alloc(2 * MB)).to.equal(b);
      expect(heap.alloc(100)).to.equal(a);
    });

    it('is full at its limit, reports all figures, and can be used further', () => {
      const heap = new Heap(shared, 24 * MB);
      const first = heap.alloc(10 * MB);
      expect(() => heap.alloc(14 * MB)).to.throw(
        'heap: out of memory; received bytes=14680064 (14.0 MB) with 10.0 MB of 16.0 MB in use and a limit of 24.0 MB. ' +
          'Dispose of tensors (tf.tidy), or use smaller inputs or batches',
      );
      heap.alloc(9 * MB);
      heap.free(first);
      expect(heap.alloc(10 * MB)).to.equal(first);
      expect(heap.totalBytes).to.be.at.most(24 * MB);
    });
  });
}
