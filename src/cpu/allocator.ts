// Which bytes of one growing address range are taken. The book-keeping lies outside of the memory it is about.
//
// Free blocks stand in bins by size (four to a power of two); neighbours that are free are joined at once, so that what a
// network leaves behind serves the next layer, whatever its size.

/** Every address and size is a multiple of this: a cache line, so that two tensors never share one. */
export const alignment = 64;

interface Block {
  readonly start: number;
  size: number;
  free: boolean;
}

export class Allocator {
  /** Bytes taken now, and the most that ever were. */
  used = 0;
  peak = 0;
  private readonly starts = new Map<number, Block>();
  /** Behind the block's last byte -> block; only of free blocks. */
  private readonly freeEnds = new Map<number, Block>();
  private readonly bins: Set<Block>[] = Array.from({ length: 4 * 33 }, () => new Set());

  /** @param end Where the range ends now; see extend(). */
  constructor(
    start: number,
    private end: number,
  ) {
    if (end > start) this.release({ start, size: end - start, free: true });
  }

  /** An address, or undefined where no free block is large enough: extend() and try again. */
  take(bytes: number): number | undefined {
    const size = roundUp(Math.max(bytes, 1));
    const block = this.find(size);
    if (!block) return undefined;
    this.unbin(block);
    block.free = false;
    this.starts.set(block.start, block);
    if (block.size > size) {
      this.release({ start: block.start + size, size: block.size - size, free: true });
      block.size = size;
    }
    this.used += size;
    this.peak = Math.max(this.peak, this.used);
    return block.start;
  }

  give(address: number): void {
    const block = this.starts.get(address);
    if (!block || block.free) throw new Error(`heap: the address must be one that is taken; received ${address}`);
    this.used -= block.size;
    this.starts.delete(address);
    this.release({ start: address, size: block.size, free: true });
  }

  /** The range reaches further from now on. */
  extend(end: number): void {
    const start = this.end;
    this.end = end;
    this.release({ start, size: end - start, free: true });
  }

  /** Bytes of the free block that ends where the range does. */
  get freeAtEnd(): number {
    return this.freeEnds.get(this.end)?.size ?? 0;
  }

  /** Joins with free neighbours. */
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
    const block: Block = { start: from, size: to - from, free: true };
    this.starts.set(from, block);
    this.freeEnds.set(to, block);
    this.bins[binOf(block.size)].add(block);
  }

  private unbin(block: Block): void {
    this.bins[binOf(block.size)].delete(block);
    this.freeEnds.delete(block.start + block.size);
    this.starts.delete(block.start);
  }

  /** A block of the size's own bin may be too small; of the bins above every one fits. */
  private find(size: number): Block | undefined {
    const bin = binOf(size);
    for (const block of this.bins[bin]) {
      if (block.size >= size) return block;
    }
    for (let i = bin + 1; i < this.bins.length; i++) {
      for (const block of this.bins[i]) return block;
    }
    return undefined;
  }
}

function binOf(size: number): number {
  const power = Math.floor(Math.log2(size));
  return 4 * power + Math.floor((size / 2 ** power - 1) * 4);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
