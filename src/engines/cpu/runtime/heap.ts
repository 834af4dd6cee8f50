// The WebAssembly memory of a backend's tensors. Its views are never stale.

import { maxPages } from '../../../../kernels/wasm/emit/index.js';
import { Allocator } from './allocator.js';
import type { Owner } from './heapBlock.js';
import { addresses } from './threads/layout.js';

const PAGE = 65536;
const MB = 2 ** 20;

/**
 * The allocator leaves these first bytes alone: the threads' words, the argument block and zeros (threads/layout.ts).
 */
export const reservedBytes: number = addresses.end;
/** Kernels may read this many bytes past any tensor, also past the last one. */
const readableTail = 64;
/** The memory grows by at least this much, since growing is a system call. */
const growthBytes = 16 * MB;
/** What is laid aside for small blocks, below all others. */
const firstSlab = 4 * MB;
/** Beyond this multiple of the most that is in use, blocks are moved together before the memory grows. */
const fairShare = 1.2;
/** Up to this size the memory grows: what moving would save is not worth the time. */
const smallHeap = 64 * MB;

/** Largest sizes, tried in turn: a shared memory reserves addresses for its largest size, which phones do not have. */
const maxima = [maxPages * PAGE, 2048 * MB, 1024 * MB, 512 * MB];

const interruption = new Error('heap: interrupted');

export class Heap {
  /** Whether threads can share the memory: as requested, if the engine allows it. */
  readonly shared: boolean;
  /** Called with the address of each view that a kernel takes. */
  onView?: (address: number) => void;
  /** Undefined once the heap is closed. */
  private present: WebAssembly.Memory | undefined;
  private readonly maxBytes: number;
  private readonly allocator: Allocator;
  /**
   * All buffers that the memory has had. After shared memory grows, older buffers stay valid and show the same bytes.
   */
  private readonly buffers = new WeakSet<ArrayBufferLike>();
  private buffer!: ArrayBufferLike;
  /** Whether a kernel runs that can begin anew, since it has changed nothing that exists. */
  mayInterrupt = false;
  private f32!: Float32Array;
  private i32!: Int32Array;
  private u8!: Uint8Array;

  /** @param maxBytes The size at which the heap is full. */
  constructor(shared: boolean, maxBytes: number = maxima[0]) {
    const { memory, bytes, isShared } = openMemory(shared, maxBytes);
    this.shared = isShared;
    this.present = memory;
    this.maxBytes = bytes;
    this.allocator = new Allocator(reservedBytes, reservedBytes + firstSlab);
    this.allocator.extend(memory.buffer.byteLength - readableTail);
    this.refresh();
  }

  /** @throws If the heap is closed. */
  get memory(): WebAssembly.Memory {
    this.assertOpen();
    return this.present as WebAssembly.Memory;
  }

  /**
   * Takes memory, which is not zeroed.
   * @param owner What has the address. Its block may be moved between kernels.
   */
  alloc(bytes: number, owner?: Owner): number {
    this.assertOpen();
    return this.allocator.take(bytes, owner) ?? this.makeRoom(bytes, owner);
  }

  /**
   * Runs a kernel, which has no address when it begins. Where there is room in pieces only, the kernel is interrupted,
   * and begins anew after blocks have been moved together.
   */
  withMoves<T>(kernel: () => T): T {
    this.mayInterrupt = true;
    try {
      return kernel();
    } catch (error) {
      if (!this.hasMoved(error)) throw error;
      return kernel();
    } finally {
      this.mayInterrupt = false;
    }
  }

  /** Moves blocks together if the error is an interruption. Returns whether the kernel begins anew. */
  hasMoved(error: unknown): boolean {
    if (error !== interruption) return false;
    this.mayInterrupt = false;
    this.allocator.moveTogether(this.move);
    return true;
  }

  free(address: number): void {
    if (this.present) this.allocator.give(address);
  }

  /** Releases the memory. Remaining tensors can still be freed, but not read. */
  close(): void {
    this.present = undefined;
    this.buffer = new ArrayBuffer(0);
    this.makeViews();
  }

  get isClosed(): boolean {
    return this.present === undefined;
  }

  /** Bytes taken by tensors, packed weights, tables and scratch. */
  get usedBytes(): number {
    return this.allocator.used;
  }

  get peakBytes(): number {
    return this.allocator.peak;
  }

  /** Bytes of the memory itself, which never shrinks. */
  get totalBytes(): number {
    return this.present?.buffer.byteLength ?? 0;
  }

  // Growing memory that is not shared ends the life of all views: get a new view after each alloc.

  floats(address: number, length: number): Float32Array {
    this.onView?.(address);
    this.assertOpen();
    return this.f32.subarray(address >>> 2, (address >>> 2) + length);
  }

  ints(address: number, length: number): Int32Array {
    this.onView?.(address);
    this.assertOpen();
    return this.i32.subarray(address >>> 2, (address >>> 2) + length);
  }

  bytes(address: number, length: number): Uint8Array {
    this.onView?.(address);
    this.assertOpen();
    return this.u8.subarray(address, address + length);
  }

  /** All of the memory. For the backend alone, not for kernels: onView() does not hear of it. */
  words(): { readonly i32: Int32Array; readonly f32: Float32Array; readonly u8: Uint8Array } {
    this.assertOpen();
    return { i32: this.i32, f32: this.f32, u8: this.u8 };
  }

  /** Whether a buffer is, or was, this memory: a view of it must not be kept. */
  owns(buffer: ArrayBufferLike): boolean {
    return this.buffers.has(buffer);
  }

  private makeRoom(bytes: number, owner: Owner | undefined): number {
    const { allocator } = this;
    const missing = allocator.missing(bytes);
    const fair = fairShare * Math.max(allocator.peak, allocator.used + bytes);
    const isFair = this.totalBytes + missing <= Math.max(smallHeap, fair);
    if ((isFair || !this.mayInterrupt) && (this.tryGrow(Math.max(missing, growthBytes)) || this.tryGrow(missing))) {
      return allocator.take(bytes, owner) as number;
    }
    if (this.mayInterrupt) throw interruption;
    const mb = (n: number) => `${(n / MB).toFixed(1)} MB`;
    throw new Error(
      `heap: out of memory; received bytes=${bytes} (${mb(bytes)}) with ${mb(this.usedBytes)} of ${mb(this.totalBytes)} ` +
        `in use and a limit of ${mb(this.maxBytes)}. Dispose of tensors (tf.tidy), or use smaller inputs or batches`,
    );
  }

  private readonly move = (to: number, from: number, bytes: number): void => {
    this.u8.copyWithin(to, from, from + bytes);
  };

  private tryGrow(bytes: number): boolean {
    const pages = Math.ceil(bytes / PAGE);
    if (this.totalBytes + pages * PAGE > this.maxBytes) return false;
    try {
      this.memory.grow(pages);
    } catch {
      return false;
    }
    this.refresh();
    this.allocator.extend(this.totalBytes - readableTail);
    return true;
  }

  private assertOpen(): void {
    if (!this.present) throw new Error('heap: closed; tensors of a backend that has been removed cannot be used');
  }

  /** Called when the memory is new or has grown; nobody else grows it, and to ask it for its buffer at each use is slow. */
  private refresh(): void {
    const { buffer } = this.memory;
    this.buffer = buffer;
    this.buffers.add(buffer);
    this.makeViews();
  }

  private makeViews(): void {
    this.f32 = new Float32Array(this.buffer);
    this.i32 = new Int32Array(this.buffer);
    this.u8 = new Uint8Array(this.buffer);
  }
}

/** Opens a memory: shared if possible, as large as possible. Without SharedArrayBuffer, workers could not get it. */
function openMemory(shared: boolean, maxBytes: number) {
  const initial = Math.floor(Math.min(growthBytes, maxBytes) / PAGE);
  const sizes = [maxBytes, ...maxima.filter((bytes) => bytes < maxBytes)];
  for (const isShared of shared && typeof SharedArrayBuffer !== 'undefined' ? [true, false] : [false]) {
    for (const bytes of sizes) {
      try {
        const maximum = Math.floor(bytes / PAGE);
        return { memory: new WebAssembly.Memory({ initial, maximum, shared: isShared }), bytes, isShared };
      } catch {
        // try the next one
      }
    }
  }
  throw new Error(`heap: no memory to start with; received bytes=${growthBytes}`);
}
