// Allocates blocks of one growing address range. Its records lie outside that range.
//
// Adjacent free blocks are merged at once, so that the next layer can use the memory of the last one, whatever its size.
// Allocation takes the smallest block that fits: tensors of the same sizes come again and again, and find blocks of their
// size. Small blocks lie together in slabs, so that they do not divide the space of large tensors.
// Where only pieces are free, moveTogether() makes room.
//
// Small blocks that are given back wait, unmerged, for the next tensor of their size: in a network of small tensors
// merging and dividing took a fifth of this package's JavaScript.

import { alignment, type Block, newBlock, type Owner } from './heapBlock.js';

/** Copies bytes. The two ranges may overlap. */
export type Move = (to: number, from: number, bytes: number) => void;

/** Blocks up to this size lie in slabs, and wait when they are given back, up to so many bytes in all. */
const smallBlock = 2 ** 16;
const waitingBytes = 2 ** 20;
const slabSize = 2 ** 20;

export class Allocator {
  /** Bytes taken: now, and the most so far. */
  used = 0;
  peak = 0;
  /** The blocks that are taken, and those that wait, by their address. */
  private readonly blocks = new Map<number, Block>();
  private readonly free = new Set<Block>();
  private readonly freeInSlabs = new Set<Block>();
  /** The blocks that wait, by their size in lines. */
  private readonly waiting: (Block[] | undefined)[] = Array(smallBlock / alignment + 1);
  private waitingNow = 0;
  /** The block at the end of the range. */
  private last?: Block;

  /** @param end The present end of the range; see extend(). */
  constructor(
    private end: number,
    to: number,
  ) {
    if (to > end) this.extend(to, true);
  }

  /** Takes a block. Returns undefined where no free block is large enough: extend() the range and try again. */
  take(bytes: number, owner?: Owner): number | undefined {
    const size = roundUp(bytes);
    const block = this.takeWaiting(size) ?? this.divide(size);
    if (!block) return undefined;
    block.state = 'taken';
    block.owner = owner;
    this.blocks.set(block.start, block);
    this.used += size;
    this.peak = Math.max(this.peak, this.used);
    return block.start;
  }

  give(address: number): void {
    const block = this.blocks.get(address);
    if (block?.state !== 'taken') {
      throw new Error(`heap: the address must be one that is taken; received ${address}`);
    }
    const { size } = block;
    this.used -= size;
    block.owner = undefined;
    if (size <= smallBlock && this.waitingNow + size <= waitingBytes) {
      block.state = 'waits';
      this.waitingNow += size;
      const lines = size / alignment;
      this.waiting[lines] ??= [];
      this.waiting[lines].push(block);
    } else {
      this.blocks.delete(address);
      this.release(block);
    }
  }

  /** Moves the end of the range. */
  extend(end: number, isSlab = false): void {
    const block = newBlock(this.end, end - this.end, isSlab);
    this.link(this.last, block);
    this.link(block, undefined);
    this.end = end;
    this.release(block);
  }

  /** By how much the range must be extended, so that the block can be taken. */
  missing(bytes: number): number {
    const { last } = this;
    return needed(bytes) - (last?.state === 'free' && !last.isInSlab ? last.size : 0);
  }

  /**
   * Moves blocks down, so that what is free comes together. Blocks without an owner, or whose owner is pinned, stay where
   * they are.
   */
  moveTogether(move: Move): void {
    const blocks: Block[] = [];
    for (let block = this.last; block; block = block.lower) blocks.unshift(block);
    let to = blocks[0].start;
    for (const block of blocks) {
      const { start, size, owner, lower } = block;
      if (block.isInSlab || (block.state !== 'free' && (!owner || owner.isPinned || owner.address !== start))) {
        if (to < start) this.insert(lower, newBlock(to, start - to), block);
        to = start + size;
      } else if (block.state === 'free') {
        this.free.delete(block);
        this.link(lower, block.higher);
      } else {
        if (to < start) {
          move(to, start, size);
          this.blocks.delete(start);
          this.blocks.set(to, block);
          block.start = to;
          (owner as Owner).address = to;
        }
        to += size;
      }
    }
    if (to < this.end) this.insert(this.last, newBlock(to, this.end - to), undefined);
  }

  private insert(lower: Block | undefined, block: Block, higher: Block | undefined): void {
    this.link(lower, block);
    this.link(block, higher);
    this.free.add(block);
  }

  private takeWaiting(size: number): Block | undefined {
    const block = size <= smallBlock ? this.waiting[size / alignment]?.pop() : undefined;
    if (block) this.waitingNow -= size;
    return block;
  }

  private divide(size: number): Block | undefined {
    const block =
      size > smallBlock
        ? (best(this.free, size, 'size') ?? best(this.freeInSlabs, size, 'size'))
        : (best(this.freeInSlabs, size, 'size') ?? this.openSlab());
    return block && this.cut(block, size);
  }

  /** A slab cannot be moved, so it lies as low as possible. */
  private openSlab(): Block | undefined {
    const block = best(this.free, slabSize, 'start');
    if (!block) return undefined;
    const slab = this.cut(block, slabSize);
    slab.isInSlab = true;
    this.release(slab);
    return best(this.freeInSlabs, slabSize, 'size');
  }

  /** Takes the block from a free one; the rest of that stays free. */
  private cut(block: Block, size: number): Block {
    this.listOf(block).delete(block);
    if (block.size > size) {
      const rest = newBlock(block.start + size, block.size - size, block.isInSlab);
      this.link(rest, block.higher);
      this.link(block, rest);
      block.size = size;
      this.listOf(rest).add(rest);
    }
    return block;
  }

  /** Frees a block and merges it with adjacent free ones. */
  private release(block: Block): void {
    block.state = 'free';
    for (const other of [block.lower, block.higher]) {
      if (other?.state !== 'free' || other.isInSlab !== block.isInSlab) continue;
      this.listOf(other).delete(other);
      if (other === block.lower) {
        block.start = other.start;
        this.link(other.lower, block);
      } else this.link(block, other.higher);
      block.size += other.size;
    }
    this.listOf(block).add(block);
  }

  private listOf({ isInSlab }: Block): Set<Block> {
    return isInSlab ? this.freeInSlabs : this.free;
  }

  private link(lower: Block | undefined, higher: Block | undefined): void {
    if (lower) lower.higher = higher;
    if (higher) higher.lower = lower;
    else this.last = lower;
  }
}

/** The smallest block that is large enough, or the lowest one. There are a few dozen. */
function best(blocks: Iterable<Block>, size: number, by: 'size' | 'start'): Block | undefined {
  let found: Block | undefined;
  for (const block of blocks) if (block.size >= size && (!found || block[by] < found[by])) found = block;
  return found;
}

/** The free bytes in a row that a block needs. */
function needed(bytes: number): number {
  return bytes > smallBlock ? roundUp(bytes) : slabSize;
}

function roundUp(bytes: number): number {
  return Math.ceil(Math.max(bytes, 1) / alignment) * alignment;
}
