// Allocates blocks of one growing address range. Its records lie outside that range.
//
// Bins hold the free blocks by size, four bins to a power of two. Adjacent free blocks are merged at once, so that the
// next layer can use the memory of the last one, whatever its size. Allocation takes the smallest block that fits:
// tensors of the same sizes come again and again, and find blocks of their size. Long-lived blocks are taken from the
// top, so that they do not lie between tensors that come and go.
//
// Small blocks that are given back wait, unmerged, for the next tensor of their size: in a network of small tensors
// merging and dividing took a fifth of this package's JavaScript. When there is no room, those that wait are merged first.

/** Every address and size is a multiple of a cache line, so that two tensors never share one. */
export const alignment = 64;

interface Block {
  readonly start: number;
  readonly size: number;
  readonly free: boolean;
  readonly lifetime?: Lifetime;
  /** Whether it has been given back and waits. */
  waits?: boolean;
  /** The next newer and older block in the bin of a free block. */
  newer?: Block;
  older?: Block;
}

/** The largest block that waits, and the bytes that may wait in all. */
const waitingBlock = 2 ** 16;
const waitingBytes = 2 ** 20;

const binCount = 4 * 33;
const wordBits = 32;

/** `long`: weights, and packed forms and tables that are kept. */
export type Lifetime = 'short' | 'long';

export class Allocator {
  /** Bytes taken: now, and the most so far. */
  used = 0;
  peak = 0;
  private readonly starts = new Map<number, Block>();
  /** Free blocks by their end address. */
  private readonly freeEnds = new Map<number, Block>();
  /** The newest block of each bin. */
  private readonly bins: (Block | undefined)[] = Array(binCount).fill(undefined);
  /** One bit for each bin: whether it has a block. */
  private readonly filled = new Int32Array(Math.ceil(binCount / wordBits));
  /** The blocks that wait, by their size in lines. */
  private readonly waiting: (Block[] | undefined)[] = Array(waitingBlock / alignment + 1);
  private waitingNow = 0;

  /** @param end The present end of the range; see extend(). */
  constructor(
    start: number,
    private end: number,
  ) {
    if (end > start) this.release({ start, size: end - start, free: true });
  }

  /** Takes a block. Returns undefined where no free block is large enough: extend() the range and try again. */
  take(bytes: number, lifetime: Lifetime = 'short'): number | undefined {
    const size = roundUp(Math.max(bytes, 1));
    const start = (lifetime === 'short' ? this.takeWaiting(size) : undefined) ?? this.divide(size, lifetime);
    if (start === undefined) return this.mergeWaiting() ? this.take(bytes, lifetime) : undefined;
    this.used += size;
    this.peak = Math.max(this.peak, this.used);
    return start;
  }

  give(address: number): void {
    const block = this.starts.get(address);
    if (!block || block.free || block.waits) {
      throw new Error(`heap: the address must be one that is taken; received ${address}`);
    }
    const { size, lifetime } = block;
    this.used -= size;
    if (lifetime === 'short' && size <= waitingBlock && this.waitingNow + size <= waitingBytes) {
      block.waits = true;
      this.waitingNow += size;
      const lines = size / alignment;
      this.waiting[lines] ??= [];
      this.waiting[lines].push(block);
      return;
    }
    this.starts.delete(address);
    this.release({ start: address, size, free: true });
  }

  private takeWaiting(size: number): number | undefined {
    const block = size <= waitingBlock ? this.waiting[size / alignment]?.pop() : undefined;
    if (!block) return undefined;
    block.waits = false;
    this.waitingNow -= size;
    return block.start;
  }

  /** Takes the block from a free one; the rest of that stays free. */
  private divide(size: number, lifetime: Lifetime): number | undefined {
    const block = lifetime === 'long' ? this.findHighest(size) : this.find(size);
    if (!block) return undefined;
    this.unbin(block);
    const start = lifetime === 'long' ? block.start + block.size - size : block.start;
    const rest = lifetime === 'long' ? block.start : block.start + size;
    this.starts.set(start, { start, size, free: false, lifetime });
    if (block.size > size) this.release({ start: rest, size: block.size - size, free: true });
    return start;
  }

  /** Merges all blocks that wait with their neighbours. Returns whether there were any. */
  private mergeWaiting(): boolean {
    if (this.waitingNow === 0) return false;
    this.waitingNow = 0;
    for (const alike of this.waiting) {
      for (const { start, size } of alike?.splice(0) ?? []) {
        this.starts.delete(start);
        this.release({ start, size, free: true });
      }
    }
    return true;
  }

  /** Moves the end of the range. */
  extend(end: number): void {
    const start = this.end;
    this.end = end;
    this.release({ start, size: end - start, free: true });
  }

  /** Bytes of the free block at the end of the range. */
  get freeAtEnd(): number {
    this.mergeWaiting();
    return this.freeEnds.get(this.end)?.size ?? 0;
  }

  /** Frees a block and merges it with adjacent free ones. */
  private release({ start, size }: Block): void {
    let from = start;
    let to = start + size;
    const before = this.freeEnds.get(start);
    if (before) {
      this.unbin(before);
      from = before.start;
    }
    const after = this.starts.get(to);
    if (after?.free) {
      this.unbin(after);
      to += after.size;
    }
    this.bin({ start: from, size: to - from, free: true });
  }

  private bin(block: Block): void {
    const bin = binOf(block.size);
    const newest = this.bins[bin];
    block.older = newest;
    if (newest) newest.newer = block;
    this.bins[bin] = block;
    this.filled[bin >> 5] |= 1 << (bin & 31);
    this.starts.set(block.start, block);
    this.freeEnds.set(block.start + block.size, block);
  }

  private unbin(block: Block): void {
    const { newer, older } = block;
    const bin = binOf(block.size);
    if (older) older.newer = newer;
    if (newer) newer.older = older;
    else this.bins[bin] = older;
    if (!this.bins[bin]) this.filled[bin >> 5] &= ~(1 << (bin & 31));
    block.newer = undefined;
    block.older = undefined;
    this.freeEnds.delete(block.start + block.size);
    this.starts.delete(block.start);
  }

  /** A block in the size's own bin may be too small. Every block in the next filled bin fits. */
  private find(size: number): Block | undefined {
    const bin = binOf(size);
    const own = smallest(this.bins[bin], size);
    if (own) return own;
    const next = this.firstFilled(bin + 1);
    return next === undefined ? undefined : smallest(this.bins[next], size);
  }

  /** Looks at every free block. There are a few dozen. */
  private findHighest(size: number): Block | undefined {
    let highest: Block | undefined;
    for (let bin = binOf(size); bin < binCount; bin++) {
      for (let block = this.bins[bin]; block; block = block.older) {
        if (block.size >= size && (!highest || block.start > highest.start)) highest = block;
      }
    }
    return highest;
  }

  private firstFilled(from: number): number | undefined {
    let mask = -1 << (from & 31);
    for (let word = from >> 5; word < this.filled.length; word++) {
      const bits = this.filled[word] & mask;
      if (bits !== 0) return wordBits * word + 31 - Math.clz32(bits & -bits);
      mask = -1;
    }
    return undefined;
  }
}

/** The smallest block of a bin that is large enough. */
function smallest(newest: Block | undefined, size: number): Block | undefined {
  let best: Block | undefined;
  for (let block = newest; block; block = block.older) {
    if (block.size >= size && (!best || block.size < best.size)) best = block;
  }
  return best;
}

/** The bin of a size from 64 to 2^32, a multiple of 64: its power of two, and the two bits below the leading one. */
function binOf(size: number): number {
  const lines = size / alignment;
  const power = 31 - Math.clz32(lines);
  return 4 * power + ((power >= 2 ? lines >>> (power - 2) : lines << (2 - power)) & 3);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
