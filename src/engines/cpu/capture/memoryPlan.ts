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

/** @param tail Bytes after each block that may be read, but not written. They may belong to another block. */
export function planMemory(blocks: readonly Lifetime[], alignment: number, tail: number): MemoryPlan {
  const sizes = blocks.map(({ bytes }) => Math.ceil(Math.max(bytes, 1) / alignment) * alignment);
  const order = blocks.map((_, i) => i).sort((a, b) => sizes[b] - sizes[a] || blocks[a].from - blocks[b].from);
  const offsets: number[] = [];
  /** Blocks that have a place, by offset. */
  const placed: number[] = [];
  let bytes = 0;
  for (const i of order) {
    let offset = 0;
    for (const other of placed) {
      if (!overlap(blocks[i], blocks[other])) continue;
      if (offsets[other] >= offset + sizes[i]) break;
      offset = Math.max(offset, offsets[other] + sizes[other]);
    }
    offsets[i] = offset;
    bytes = Math.max(bytes, offset + sizes[i]);
    const after = placed.findIndex((other) => offsets[other] > offset);
    placed.splice(after < 0 ? placed.length : after, 0, i);
  }
  return { offsets, bytes: bytes + tail };
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.from <= b.to && b.from <= a.to;
}
