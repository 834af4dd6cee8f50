// A tensor's data in the form that MathBackendCPU expects: an array, or bytes in the WebAssembly heap.

import type { BackendValues, DataType, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { WasmDevice } from './runtime/device.js';
import type { Owner } from './runtime/heapBlock.js';
import type { RecordedData } from './runtime/recording.js';

let stamps = 0;

/** `values` is a view of the heap where the values are there. */
export class HeapData implements RecordedData, Owner {
  refCount = 1;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  /** 0: the values are in `array`. */
  address = 0;
  watchers?: Set<() => void>;
  /** The same values of other dtypes; see as(). */
  private casts: readonly HeapData[] = [];
  /** A number of these values alone: what is made of them may be kept under it. */
  stamp = ++stamps;

  constructor(
    readonly dtype: DataType,
    protected readonly device: WasmDevice | undefined,
    protected array: BackendValues | undefined,
    protected length = 0,
  ) {}

  get values(): BackendValues | undefined {
    this.device?.recording?.read(this);
    return this.address === 0 ? this.array : this.view();
  }

  /** Whether a captured model has the address, or what is being recorded. */
  get isPinned(): boolean {
    return this.device?.recording !== undefined || (this.watchers?.size ?? 0) > 0;
  }

  /** A view of the values in the heap, valid until the next allocation. */
  view(): TypedArray {
    const { f32, i32, u8 } = (this.device as WasmDevice).heap.words();
    const first = this.dtype === 'bool' ? this.address : this.address >>> 2;
    const words = this.dtype === 'float32' ? f32 : this.dtype === 'int32' ? i32 : u8;
    return words.subarray(first, first + this.length);
  }

  get bytes(): number {
    return this.length * bytesPer(this.dtype);
  }

  /** Takes memory for values that are not yet set. */
  takeMemory(): void {
    this.address = (this.device as WasmDevice).alloc(this.bytes, this);
  }

  /** The address is valid until the kernel ends. The memory is the heap's own even while a model is captured: its values are JavaScript's, which no launch makes. */
  moveToHeap(): number {
    if (this.address !== 0) return this.address;
    const array = toArray(this.array as BackendValues, this.dtype);
    this.length = array.length;
    this.address = (this.device as WasmDevice).heap.alloc(this.bytes, this);
    this.view().set(array);
    this.array = undefined;
    return this.address;
  }

  /**
   * The same values as numbers of another dtype, in memory of their own. TensorFlow.js's cast of integers to floats
   * shares the data, so that a tensor of floats may come from another backend with integers.
   */
  as(dtype: DataType): HeapData {
    const present = this.casts.find((cast) => cast.dtype === dtype);
    if (present) return present;
    const values = this.values as ArrayLike<number>; // which a recording is told of
    const array = dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
    const cast = new HeapData(dtype, this.device, array);
    this.casts = [...this.casts, cast];
    return cast;
  }

  /** Moves the values to memory that the caller has taken. */
  moveTo(address: number): void {
    const { heap } = this.device as WasmDevice;
    const from = this.moveToHeap();
    heap.words().u8.copyWithin(address, from, from + this.bytes);
    heap.free(from);
    this.address = address;
  }

  /** The same values as data of their own, which own no memory. */
  shared(): HeapData {
    const copy = new BorrowedData(this.dtype, this.device, this.array, this.length);
    copy.address = this.address;
    return copy;
  }

  /** Tells who watches that the values are no longer what they were. */
  noteChange(): void {
    this.stamp = ++stamps;
    for (const cast of this.casts) cast.release();
    this.casts = [];
    if (this.watchers) for (const watcher of this.watchers) watcher();
  }

  release(): void {
    this.noteChange();
    const isKept = this.device?.recording?.release(this) ?? false;
    if (this.address !== 0 && !isKept) this.device?.free(this.address);
    this.address = 0;
    this.array = undefined;
  }
}

/** Data whose memory belongs to somebody else. */
export class BorrowedData extends HeapData {
  override release(): void {
    this.address = 0;
    this.array = undefined;
  }
}

export function bytesPer(dtype: DataType): number {
  return dtype === 'bool' ? 1 : 4;
}

function toArray(values: BackendValues, dtype: DataType): ArrayLike<number> {
  if (!(values instanceof ArrayBuffer)) return values as unknown as ArrayLike<number>;
  if (dtype === 'float32') return new Float32Array(values);
  return dtype === 'int32' ? new Int32Array(values) : new Uint8Array(values);
}
