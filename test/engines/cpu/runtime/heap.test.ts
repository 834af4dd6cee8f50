// The heap: no two tensors share a byte, freed memory is used again, and growing loses nothing.

import { expect } from 'chai';
import { Allocator, alignment } from '../../../../src/engines/cpu/runtime/allocator.js';
import { detectSharedMemory } from '../../../../src/engines/cpu/runtime/features.js';
import { Heap, reservedBytes } from '../../../../src/engines/cpu/runtime/heap.js';

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
      const allocator = new Allocator(0, 3 * alignment);
      const addresses = [0, 1, 2].map(() => allocator.take(alignment) as number);
      expect(allocator.take(1)).to.equal(undefined);
      for (const i of order) allocator.give(addresses[Number(i)]);
      expect(allocator.take(3 * alignment), order).to.equal(0);
    }
  });

  it('keeps small blocks for the next of their size, and merges them where there is no other room', () => {
    const allocator = new Allocator(0, 1024);
    const [a, b, c] = [64, 64, 128].map((bytes) => allocator.take(bytes) as number);
    for (const address of [a, c, b]) allocator.give(address);
    expect(allocator.used).to.equal(0);
    expect(allocator.take(100)).to.equal(c);
    expect(allocator.take(64)).to.equal(b);
    expect(() => allocator.give(a), 'it waits').to.throw(/must be one that is taken; received 0/);
    expect(allocator.take(64, 'long'), 'no other lifetime takes it').to.equal(1024 - 64);
    expect(allocator.take(1024 - 256 - 64)).to.equal(256);
    expect(allocator.take(65), 'full').to.equal(undefined);
    expect(allocator.take(64), 'merged, and taken').to.equal(a);
  });

  it('lets a megabyte of small blocks wait, and merges the others at once', () => {
    const allocator = new Allocator(0, 4 * MB);
    const blocks = Array.from({ length: 32 }, () => allocator.take(65536) as number);
    for (const address of blocks) allocator.give(address);
    expect(allocator.take(MB), 'the sixteen that do not wait').to.equal(16 * 65536);
  });

  it('merges memory added at the end with the free block there', () => {
    const allocator = new Allocator(64, 256);
    allocator.take(64);
    expect(allocator.freeAtEnd).to.equal(128);
    allocator.extend(1024);
    expect(allocator.freeAtEnd).to.equal(1024 - 128);
    expect(allocator.take(1024 - 128)).to.equal(128);
    expect(allocator.freeAtEnd).to.equal(0);
  });

  it('takes long-lived blocks from the top', () => {
    const allocator = new Allocator(0, 1024);
    expect(allocator.take(64, 'long')).to.equal(960);
    expect(allocator.take(64)).to.equal(0);
    expect(allocator.take(100, 'long')).to.equal(832);
    allocator.give(960);
    expect(allocator.take(1, 'long')).to.equal(960);
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
  const taken: { readonly address: number; readonly size: number }[] = [];
  let peak = 0;
  for (let step = 0; step < 2000; step++) {
    if (random() < 0.55) {
      const bytes = Math.floor(2 ** (random() * 17));
      const address = allocator.take(bytes, random() < 0.3 ? 'long' : 'short');
      const size = Math.ceil(Math.max(bytes, 1) / alignment) * alignment;
      if (address === undefined) {
        expect(largestGap(taken, start, end), 'free bytes in a row').to.be.lessThan(size);
        end += 65536 * (1 + Math.floor(random() * 4));
        allocator.extend(end);
      } else {
        expectFree(taken, { address, size }, start, end);
        taken.push({ address, size });
      }
    } else if (taken.length > 0) {
      const [{ address }] = taken.splice(Math.floor(random() * taken.length), 1);
      allocator.give(address);
    }
    const used = taken.reduce((sum, { size }) => sum + size, 0);
    peak = Math.max(peak, used);
    expect([allocator.used, allocator.peak]).to.deep.equal([used, peak]);
  }
  for (const { address } of taken) allocator.give(address);
  expect(allocator.used).to.equal(0);
  expect(allocator.freeAtEnd, 'one block at the end').to.equal(end - start);
}

interface Range {
  readonly address: number;
  readonly size: number;
}

function expectFree(taken: readonly Range[], { address, size }: Range, start: number, end: number): void {
  expect(address % alignment).to.equal(0);
  expect(address >= start && address + size <= end, `${address} within the range`).to.equal(true);
  const other = taken.find((range) => address < range.address + range.size && range.address < address + size);
  expect(other, `overlap with ${address}`).to.equal(undefined);
}

function largestGap(taken: readonly Range[], start: number, end: number): number {
  let largest = 0;
  let from = start;
  for (const { address, size } of [...taken].sort((a, b) => a.address - b.address)) {
    largest = Math.max(largest, address - from);
    from = address + size;
  }
  return Math.max(largest, end - from);
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
      expect(heap.alloc(room)).to.equal(reservedBytes);
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
      heap.alloc(13 * MB);
      heap.free(first);
      expect(heap.alloc(10 * MB)).to.equal(first);
      expect(heap.totalBytes).to.be.at.most(24 * MB);
    });
  });
}
