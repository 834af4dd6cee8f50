// A cache of packed filters. Its key is (tensor, layout). It keeps filters until their tensor is disposed or the budget
// is full.
//
// The key is complete, since a tensor of TensorFlow.js is immutable, and a variable gets another dataId when it is
// assigned. The first use of a layout packs into scratch memory, the second one keeps the result. So a filter that an
// optimizer replaces after every step is never kept, and one that predicts twice is.

import type { DataId } from '@tensorflow/tfjs-core';
import type { WeightStore } from '../../../../kernels/wasm/index.js';
import type { WasmDevice } from './device.js';

interface Kept {
  readonly dataId: DataId;
  readonly kind: string;
  readonly address: number;
  readonly bytes: number;
}

interface Tensor {
  /** Layouts that have been used once. */
  readonly seen: Set<string>;
  readonly kept: Map<string, Kept>;
}

export class WeightCache {
  private readonly tensors = new Map<DataId, Tensor>();
  /** Kept filters, the least recently used first. */
  private readonly byUse = new Set<Kept>();
  private bytes = 0;

  /** @param budgetBytes Called at each use, since the user may change the budget. */
  constructor(
    private readonly device: WasmDevice,
    private readonly budgetBytes: () => number,
  ) {}

  get usedBytes(): number {
    return this.bytes;
  }

  /** The packed forms of one filter. */
  of(dataId: DataId): WeightStore {
    return { with: (kind, bytes, pack, use) => this.use({ dataId, kind, bytes }, pack, use) };
  }

  /** Drops the packed forms of a tensor that has been disposed. */
  drop(dataId: DataId): void {
    const tensor = this.tensors.get(dataId);
    if (!tensor) return;
    for (const kept of tensor.kept.values()) this.release(kept);
    this.tensors.delete(dataId);
  }

  private use<T>(wanted: Omit<Kept, 'address'>, pack: (to: number) => void, use: (address: number) => T): T {
    const { dataId, kind, bytes } = wanted;
    const tensor = this.tensorOf(dataId);
    const known = tensor.kept.get(kind);
    if (known) {
      this.byUse.delete(known);
      this.byUse.add(known);
      return use(known.address);
    }
    const { recording } = this.device;
    // A replay packs what depends on its inputs, and finds all other filters packed.
    const isUsedAgain = recording ? !recording.isDynamic(dataId) : tensor.seen.has(kind);
    const keeps = isUsedAgain && this.makeRoom(bytes);
    tensor.seen.add(kind);
    const address = this.device.alloc(bytes, keeps ? 'long' : 'short');
    let isKept = false;
    try {
      if (recording && keeps) recording.aside(() => pack(address));
      else pack(address);
      if (keeps) {
        const kept = { ...wanted, address };
        tensor.kept.set(kind, kept);
        this.byUse.add(kept);
        this.bytes += bytes;
        isKept = true;
      }
      return use(address);
    } finally {
      if (!isKept) this.device.free(address);
    }
  }

  private tensorOf(dataId: DataId): Tensor {
    const known = this.tensors.get(dataId) ?? { seen: new Set<string>(), kept: new Map<string, Kept>() };
    this.tensors.set(dataId, known);
    return known;
  }

  /** Drops the least recently used filters until `bytes` fit. Returns false if they exceed the budget. */
  private makeRoom(bytes: number): boolean {
    const budget = this.budgetBytes();
    if (bytes > budget) return false;
    for (const kept of this.byUse) {
      if (this.bytes + bytes <= budget) break;
      this.tensors.get(kept.dataId)?.kept.delete(kept.kind);
      this.release(kept);
    }
    return true;
  }

  private release(kept: Kept): void {
    this.byUse.delete(kept);
    this.device.free(kept.address);
    this.bytes -= kept.bytes;
  }
}
