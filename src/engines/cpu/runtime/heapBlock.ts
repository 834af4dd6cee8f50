// A block of the heap, as its allocator knows it.

/** What has the block's address, so that the block can be moved between kernels. */
export interface Owner {
  /** Where its block begins. */
  address: number;
  /** Whether something else has the address, too. */
  readonly isPinned: boolean;
}

/** Every address and size is a multiple of a cache line, so that two tensors never share one. */
export const alignment = 64;

export interface Block {
  start: number;
  size: number;
  /** A block that `waits` has been given back, and is kept for the next tensor of its size. */
  state: 'free' | 'taken' | 'waits';
  isInSlab: boolean;
  owner?: Owner;
  /** The adjacent blocks. */
  lower?: Block;
  higher?: Block;
}

/** A free block without neighbours. */
export function newBlock(start: number, size: number, isInSlab = false): Block {
  return { start, size, state: 'free', isInSlab };
}
