// The one WebAssembly memory in which all tensors of a backend live, with views of it that are never stale.

import { maxPages } from '../../kernels/wasm/emit/index.js';
import { Allocator } from './allocator.js';

const PAGE = 65536;
const MB = 2 ** 20;

/** Below this the memory is not the allocator's: launch blocks, zeros, the threads' counters (device.ts). */
export const reservedBytes = 4096;
/** Behind every tensor so many bytes may be read, also behind the last. */
const readableTail = 64;
/** At least so much is added at a time: growing is a system call. */
const growthBytes = 16 * MB;

export class Heap {
  readonly memory: WebAssembly.Memory;
  private readonly allocator: Allocator;
  private buffer!: ArrayBufferLike;
  private f32!: Float32Array;
  private i32!: Int32Array;
  private u8!: Uint8Array;

  /** @param maxBytes The size at which the heap is full; a shared memory must say so when it is made. */
  constructor(
    readonly shared: boolean,
    private readonly maxBytes: number = maxPages * PAGE,
  ) {
    const initial = growthBytes / PAGE;
    this.memory = new WebAssembly.Memory({ initial, maximum: Math.floor(maxBytes / PAGE), shared });
    this.allocator = new Allocator(reservedBytes, initial * PAGE - readableTail);
    this.refresh();
  }

  /** Not zeroed. */
  alloc(bytes: number): number {
    const address = this.allocator.take(bytes);
    if (address !== undefined) return address;
    this.grow(bytes);
    return this.allocator.take(bytes) as number;
  }

  free(address: number): void {
    this.allocator.give(address);
  }

  /** Bytes taken by tensors and what belongs to them. */
  get usedBytes(): number {
    return this.allocator.used;
  }

  get peakBytes(): number {
    return this.allocator.peak;
  }

  /** Bytes of the memory itself, which never shrinks. */
  get totalBytes(): number {
    return this.memory.buffer.byteLength;
  }

  // Of memory that is not shared, every growth ends the life of all views: ask anew after each alloc.

  floats(address: number, length: number): Float32Array {
    this.refresh();
    return this.f32.subarray(address >>> 2, (address >>> 2) + length);
  }

  ints(address: number, length: number): Int32Array {
    this.refresh();
    return this.i32.subarray(address >>> 2, (address >>> 2) + length);
  }

  bytes(address: number, length: number): Uint8Array {
    this.refresh();
    return this.u8.subarray(address, address + length);
  }

  /** Whether a buffer is, or was, this memory: a view of it must not be kept. */
  owns(buffer: ArrayBufferLike): boolean {
    return buffer === this.buffer || buffer === this.memory.buffer;
  }

  private grow(bytes: number): void {
    const missing = bytes + 2 * readableTail - this.allocator.freeAtEnd;
    const total = this.totalBytes;
    const room = this.maxBytes - total;
    // Half as much again, but what is needed comes first.
    const wanted = Math.min(Math.max(missing, growthBytes, total / 2), Math.max(room, missing));
    if (!this.tryGrow(wanted) && !this.tryGrow(missing)) {
      const mb = (n: number) => `${(n / MB).toFixed(1)} MB`;
      throw new Error(
        `heap: out of memory; received bytes=${bytes} (${mb(bytes)}) with ${mb(this.usedBytes)} of ${mb(total)} in use and a limit of ` +
          `${mb(this.maxBytes)}. Dispose of tensors (tf.tidy), or use smaller inputs or batches`,
      );
    }
  }

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

  private refresh(): void {
    const { buffer } = this.memory;
    if (buffer === this.buffer) return;
    this.buffer = buffer;
    this.f32 = new Float32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }
}
