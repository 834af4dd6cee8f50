// The CPU engine's backend: every kernel of tfjs-backend-cpu, with tensors that may live in the WebAssembly heap.
//
// A tensor is either an array, as the official kernels make it, or bytes in the heap. It moves into the heap when a
// kernel of this package first reads it, and the results of those kernels are made there. Official kernels read the
// heap through views (`values`).

import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { BackendValues, DataId, DataType, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { partsOfComplex } from '../../tfjs/complexParts.js';
import { Journal } from '../../tfjs/journal.js';
import { HeapData } from './heapData.js';
import type { WasmDevice } from './runtime/device.js';
import { weightCacheBytes } from './runtime/openDevice.js';
import { WeightCache } from './runtime/weightCache.js';

type Dtype = 'float32' | 'int32' | 'bool';
/** A tensor's data as MathBackendCPU declares it, which exports only some of the names. */
type TfjsData = ReturnType<MathBackendCPU['data']['get']>;

/** The figures that tf.memory() adds for the CPU engine. */
export interface HeapInfo {
  /** Bytes of tensors, packed weights and scratch: now, and the most so far. */
  readonly numBytesInHeap: number;
  readonly peakBytesInHeap: number;
  /** The size of the WebAssembly memory, which never shrinks. */
  readonly numBytesInHeapAllocated: number;
}

export class CpuBackend extends MathBackendCPU {
  private readonly cache?: WeightCache;
  private readonly journal = new Journal();
  /** Whether the backend has been removed. */
  isClosed = false;

  /** @param device Without one, tensors are arrays and the kernels are plain loops. */
  constructor(readonly device?: WasmDevice) {
    super();
    if (device) this.cache = new WeightCache(device, weightCacheBytes);
    // Otherwise MathBackendCPU recommends the native Node backend on first use, which would be wrong here.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** Takes a copy, since the user may change the array later. */
  override write(values: BackendValues, _shape: number[], dtype: DataType): DataId {
    return this.keep(copied(values), dtype, 'app');
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    const data = new HeapData(dtype, this.device, copied(values));
    if (dtype === 'complex64') data.complexTensorInfos = partsOfComplex(this, values, shape);
    data.refCount = refCount;
    this.device?.recording?.make(data, 'app', values);
    this.data.set(dataId, data as unknown as TfjsData);
  }

  /** Takes the array itself, since a kernel has made it. Copies a view of the heap, which some kernels return. */
  override makeTensorInfo(shape: number[], dtype: DataType, values?: BackendValues | string[]): TensorInfo {
    const isText = dtype === 'string' && values != null && values.length > 0 && util.isString(values[0] as string);
    const encoded = isText ? (values as string[]).map((text) => util.encodeString(text)) : (values as BackendValues);
    const isHeapView = ArrayBuffer.isView(encoded) && this.device?.heap.owns(encoded.buffer);
    return { dataId: this.keep(isHeapView ? copied(encoded) : encoded, dtype), shape, dtype };
  }

  /** Makes a tensor in the heap. Its values are not yet set. */
  newTensor(shape: readonly number[], dtype: Dtype = 'float32'): TensorInfo {
    const length = util.sizeFromShape(shape as number[]);
    const data = new HeapData(dtype, this.device, undefined, length);
    data.takeMemory();
    this.device?.recording?.make(data, 'device');
    return { dataId: this.adopt(data), shape: [...shape], dtype };
  }

  /** Moves a tensor's values to the heap if need be. Returns their address, valid until the kernel ends. */
  toHeap({ dataId, dtype }: TensorInfo): number {
    const data = this.dataOf(dataId);
    return (data.dtype === dtype ? data : data.as(dtype)).moveToHeap();
  }

  /** A tensor's data. Those of another backend come here first. */
  dataOf(dataId: DataId): HeapData {
    return this.data.get(dataId) as unknown as HeapData;
  }

  /** A tensor's data as this backend's own. */
  adopt(data: HeapData): DataId {
    const dataId = {};
    this.data.set(dataId, data as unknown as TfjsData);
    this.journal.noteData(dataId);
    return dataId;
  }

  override incRef(dataId: DataId): void {
    super.incRef(dataId);
    this.journal.noteReference(dataId, 1);
  }

  hasData(dataId: DataId): boolean {
    return this.data.has(dataId);
  }

  /** Runs a piece of work whole or not at all: if it throws, the data that it has made are gone. */
  cleanly<T>(work: () => T): T;
  cleanly<T, A>(work: (args: A) => T, args: A): T;
  cleanly<T, A>(work: (args: A) => T, args?: A): T {
    const { device, journal } = this;
    if (!device || device.recording || journal.isRunning) return journal.run(work, args as A, this);
    const { heap } = device;
    // withMoves() without its closure: all kernels come here.
    heap.mayInterrupt = true;
    try {
      return journal.run(work, args as A, this);
    } catch (error) {
      if (!heap.hasMoved(error)) throw error;
      return journal.run(work, args as A, this);
    } finally {
      heap.mayInterrupt = false;
    }
  }

  /**
   * The same data as a result that a kernel writes, undefined where somebody else holds them too. Nothing of what they
   * were before is left.
   */
  reuse({ dataId, shape, dtype }: TensorInfo): TensorInfo | undefined {
    const data = this.dataOf(dataId);
    if (this.refCount(dataId) !== 1 || data.dtype !== dtype) return undefined;
    this.device?.recording?.overwrite(data);
    if (this.device) this.device.heap.mayInterrupt = false;
    data.noteChange();
    this.forgetPacked(dataId);
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** Forgets what was made of a tensor's values, which change in place. */
  forgetPacked(dataId: DataId): void {
    this.cache?.drop(dataId);
  }

  /** The packed forms of filters. Only for a backend with a device. */
  get weights(): WeightCache {
    return this.cache as WeightCache;
  }

  override readSync(dataId: DataId): BackendValues {
    const values = super.readSync(dataId);
    // The caller may keep and change the result. Strings are arrays of bytes that nobody writes to.
    return copied(values);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data = this.data.has(dataId) ? this.dataOf(dataId) : undefined;
    const isGone = super.disposeData(dataId, force);
    if (data && !this.data.has(dataId)) {
      data.release();
      this.cache?.drop(dataId);
    } else if (data) this.journal.noteReference(dataId, -1);
    return isGone;
  }

  override memory(): MathBackendCPU['memory'] extends () => infer M ? M & Partial<HeapInfo> : never {
    const heap = this.device?.heap;
    if (!heap) return super.memory();
    const { usedBytes, peakBytes, totalBytes } = heap;
    return {
      unreliable: false,
      reasons: [] as string[],
      numBytesInHeap: usedBytes,
      peakBytesInHeap: peakBytes,
      numBytesInHeapAllocated: totalBytes,
    };
  }

  /** Called by tf.removeBackend(): ends the workers and releases the memory. */
  override dispose(): void {
    this.isClosed = true;
    super.dispose();
    this.device?.close();
  }

  private keep(values: BackendValues, dtype: DataType, by: 'app' | 'kernel' = 'kernel'): DataId {
    const data = new HeapData(dtype, this.device, values);
    this.device?.recording?.make(data, by, values);
    return this.adopt(data);
  }
}

function copied(values: BackendValues): BackendValues {
  return ArrayBuffer.isView(values) ? ownCopy(values as TypedArray) : values;
}

/** A copy in memory of its own. In some engines, slice() of a view of shared memory gives shared memory again. */
function ownCopy<T extends TypedArray>(view: T): T {
  const copy = new (view.constructor as new (length: number) => T)(view.length);
  copy.set(view);
  return copy;
}
