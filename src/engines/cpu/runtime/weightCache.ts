// Packed filters, kept under (tensor, layout) until the tensor goes or the budget is full.
//
// A tensor of the host is immutable, and a variable that is assigned to takes another dataId, so the pair is a complete key.
// The first use of a layout packs into scratch memory and the second one keeps: a filter that an optimizer replaces after every
// step is never kept, one that predicts twice is.

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
  /** Layouts that were asked for once. */
  readonly seen: Set<string>;
  readonly kept: Map<string, Kept>;
}

export class WeightCache {
  private readonly tensors = new Map<DataId, Tensor>();
  /** Least recently used first. */
  private readonly byUse = new Set<Kept>();
  private bytes = 0;

  /** @param budgetBytes Read at each use: the user may change it. */
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

  /** The tensor is gone. */
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
    const keeps = tensor.seen.has(kind) && this.makeRoom(bytes);
    tensor.seen.add(kind);
    const address = this.device.alloc(bytes, keeps ? 'long' : 'short');
    let isKept = false;
    try {
      pack(address);
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

  /** Whether so many bytes may be kept; the least recently used make way. */
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
