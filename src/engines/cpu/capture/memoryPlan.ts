// Places blocks of known lifetimes in one range of memory: the largest first, each at the lowest offset that is free
// during all of its life.
//
// Compare: Y. Pisarchyk, J. Lee, Efficient Memory Management for Deep Neural Net Inference ("greedy by size"),
// https://arxiv.org/abs/2001.03288

export interface Lifetime {
  readonly bytes: number;
  /** The first and the last moment at which the block is in use. */
  readonly from: number;
  readonly to: number;
}

export interface MemoryPlan {
  /** The offset of each block, a multiple of the alignment. */
  readonly offsets: readonly number[];
  /** Bytes of the whole range. */
  readonly bytes: number;
}

/** A block with its size as it is placed. */
interface Sized extends Lifetime {
  readonly index: number;
  readonly size: number;
}

/**
 * The orders in which blocks are placed. No one is best for every network: by size ESRGAN slim x2 needs 1.2 times what
 * it has in use at its peak.
 */
const orders: readonly ((a: Sized, b: Sized) => number)[] = [
  (a, b) => b.size - a.size || a.from - b.from,
  (a, b) => b.size - a.size || b.from - a.from,
  (a, b) => b.size * duration(b) - a.size * duration(a),
  (a, b) => duration(b) - duration(a) || b.size - a.size,
  (a, b) => a.from - b.from || b.size - a.size,
  (a, b) => b.to - a.to || b.size - a.size,
];

/** @param tail Bytes after each block that may be read, but not written. They may belong to another block. */
export function planMemory(blocks: readonly Lifetime[], alignment: number, tail: number): MemoryPlan {
  const sized = blocks.map(({ bytes, from, to }, index): Sized => {
    const size = Math.ceil(Math.max(bytes, 1) / alignment) * alignment;
    return { bytes, from, to: Math.min(to, Number.MAX_SAFE_INTEGER), index, size };
  });
  const plans = orders.map((order) => place([...sized].sort(order)));
  const { offsets, bytes } = plans.reduce((best, plan) => (plan.bytes < best.bytes ? plan : best));
  return { offsets, bytes: bytes + tail };
}

function place(blocks: readonly Sized[]): MemoryPlan {
  const offsets: number[] = [];
  /** Blocks that have a place, by offset. */
  const placed: Sized[] = [];
  let bytes = 0;
  for (const block of blocks) {
    let offset = 0;
    for (const other of placed) {
      if (!overlap(block, other)) continue;
      if (offsets[other.index] >= offset + block.size) break;
      offset = Math.max(offset, offsets[other.index] + other.size);
    }
    offsets[block.index] = offset;
    bytes = Math.max(bytes, offset + block.size);
    const after = placed.findIndex(({ index }) => offsets[index] > offset);
    placed.splice(after < 0 ? placed.length : after, 0, block);
  }
  return { offsets, bytes };
}

function duration({ from, to }: Lifetime): number {
  return to - from;
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.from <= b.to && b.from <= a.to;
}
