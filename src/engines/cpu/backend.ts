// The CPU engine's backend: every kernel of tfjs-backend-cpu, with tensors that live in the WebAssembly heap.
//
// A tensor is either an array, as the host's kernels make them, or bytes in the heap. It moves into the heap when one of
// our kernels first reads it; the host's kernels read those in the heap through views (`values`). Results of ours are made there.

import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { BackendValues, DataId, DataType, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import type { WasmDevice } from './runtime/device.js';
import { weightCacheBytes } from './runtime/openDevice.js';
import { WeightCache } from './runtime/weightCache.js';

type Dtype = 'float32' | 'int32' | 'bool';
/** As the host declares it; not all of the names are exported. */
type TensorData = ReturnType<MathBackendCPU['data']['get']>;

/** What the host keeps for a tensor, with `values` taken from the heap where they are there. */
class HeapData {
  refCount = 1;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  /** 0: the values are in `array`. */
  address = 0;

  constructor(
    readonly dtype: DataType,
    private readonly device: WasmDevice | undefined,
    private array: BackendValues | undefined,
    private length = 0,
    /** What the user has written may be weights; what a kernel has made is gone soon. */
    private readonly lifetime: 'short' | 'long' = 'short',
  ) {}

  get values(): BackendValues | undefined {
    return this.address === 0 ? this.array : this.view();
  }

  /** Of the values in the heap; dies with the next allocation. */
  view(): TypedArray {
    const { heap } = this.device as WasmDevice;
    if (this.dtype === 'float32') return heap.floats(this.address, this.length);
    if (this.dtype === 'int32') return heap.ints(this.address, this.length);
    return heap.bytes(this.address, this.length);
  }

  moveToHeap(): number {
    if (this.address !== 0) return this.address;
    const array = toArray(this.array as BackendValues, this.dtype);
    this.length = array.length;
    this.address = (this.device as WasmDevice).alloc(array.length * bytesPer(this.dtype), this.lifetime);
    this.view().set(array);
    this.array = undefined;
    return this.address;
  }

  release(): void {
    if (this.address !== 0) this.device?.free(this.address);
    this.address = 0;
    this.array = undefined;
  }
}

/** What tf.memory() tells of the CPU engine, besides the host's own figures. */
export interface HeapInfo {
  /** Taken by tensors, packed weights and scratch, now and at most so far. */
  readonly numBytesInHeap: number;
  readonly peakBytesInHeap: number;
  /** The size of the WebAssembly memory, which never shrinks. */
  readonly numBytesInHeapAllocated: number;
}

export class CpuBackend extends MathBackendCPU {
  private cache?: WeightCache;

  /** @param device Without one, tensors are arrays and the kernels plain loops. */
  constructor(readonly device?: WasmDevice) {
    super();
    // The host prints an advertisement for its native Node backend on first use, which would be wrong here.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** Takes a copy: the array is the user's, who may change it later. */
  override write(values: BackendValues, _shape: number[], dtype: DataType): DataId {
    return this.keep(copied(values), dtype, 'long');
  }

  override move(dataId: DataId, values: BackendValues, _shape: number[], dtype: DataType, refCount: number): void {
    const data = new HeapData(dtype, this.device, copied(values), 0, 'long');
    data.refCount = refCount;
    this.data.set(dataId, data as unknown as TensorData);
  }

  /** Takes the array itself: it comes from a kernel, unless that has passed on a view of an operand. */
  override makeTensorInfo(shape: number[], dtype: DataType, values?: BackendValues | string[]): TensorInfo {
    const isText = dtype === 'string' && values != null && values.length > 0 && util.isString(values[0] as string);
    const encoded = isText ? (values as string[]).map((text) => util.encodeString(text)) : (values as BackendValues);
    const isOurs = ArrayBuffer.isView(encoded) && this.device?.heap.owns(encoded.buffer);
    return { dataId: this.keep(isOurs ? copied(encoded) : encoded, dtype), shape, dtype };
  }

  /** A tensor in the heap whose values are yet to be written. */
  newTensor(shape: readonly number[], dtype: Dtype = 'float32'): TensorInfo {
    const length = util.sizeFromShape(shape as number[]);
    const address = (this.device as WasmDevice).alloc(length * bytesPer(dtype));
    const data = new HeapData(dtype, this.device, undefined, length);
    data.address = address;
    const dataId = {};
    this.data.set(dataId, data as unknown as TensorData);
    return { dataId, shape: [...shape], dtype };
  }

  /** Where the tensor's values are in the heap; moves them there. Stays true until the tensor is disposed of. */
  toHeap({ dataId }: TensorInfo): number {
    return (this.data.get(dataId) as unknown as HeapData).moveToHeap();
  }

  /** Packed forms of the filters; a device there must be. */
  get weights(): WeightCache {
    this.cache ??= new WeightCache(this.device as WasmDevice, weightCacheBytes);
    return this.cache;
  }

  override readSync(dataId: DataId): BackendValues {
    const values = super.readSync(dataId);
    // Whoever reads may keep and change what he gets; strings are arrays of bytes that nobody writes to.
    return copied(values);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data = this.data.has(dataId) ? (this.data.get(dataId) as unknown as HeapData) : undefined;
    const isGone = super.disposeData(dataId, force);
    if (data && !this.data.has(dataId)) {
      data.release();
      this.cache?.drop(dataId);
    }
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

  /** Called by tf.removeBackend(): ends the workers and lets go of the memory. */
  override dispose(): void {
    super.dispose();
    this.device?.close();
  }

  private keep(values: BackendValues, dtype: DataType, lifetime: 'short' | 'long' = 'short'): DataId {
    const dataId = {};
    this.data.set(dataId, new HeapData(dtype, this.device, values, 0, lifetime) as unknown as TensorData);
    return dataId;
  }
}

function copied(values: BackendValues): BackendValues {
  return ArrayBuffer.isView(values) ? ownCopy(values as TypedArray) : values;
}

/** slice() of a view of shared memory would be shared memory again in some engines' typed arrays; this never is. */
function ownCopy<T extends TypedArray>(view: T): T {
  const copy = new (view.constructor as new (length: number) => T)(view.length);
  copy.set(view);
  return copy;
}

function bytesPer(dtype: DataType): number {
  return dtype === 'bool' ? 1 : 4;
}

function toArray(values: BackendValues, dtype: DataType): ArrayLike<number> {
  if (!(values instanceof ArrayBuffer)) return values as unknown as ArrayLike<number>;
  if (dtype === 'float32') return new Float32Array(values);
  return dtype === 'int32' ? new Int32Array(values) : new Uint8Array(values);
}
