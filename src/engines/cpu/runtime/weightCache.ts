// A cache of packed filters. Its key is (tensor, layout). It keeps filters until their tensor is disposed or the budget
// is full.
//
// The key is complete, since a tensor of TensorFlow.js is immutable, and a variable gets another dataId when it is
// assigned. The first use of a layout packs into scratch memory, the second one keeps the result. So a filter that an
// optimizer replaces after every step is never kept, and one that predicts twice is.

import type { DataId } from '@tensorflow/tfjs-core';
import type { WeightStore } from '../../../../kernels/wasm/index.js';
import type { WasmDevice } from './device.js';
import type { KeptBlock } from './keptBlock.js';

interface Kept {
  readonly dataId: DataId;
  readonly kind: string;
  readonly block: KeptBlock;
  readonly bytes: number;
  /** The count of uses when it was last used. */
  usedAt: number;
}

type Wanted = Pick<Kept, 'kind' | 'bytes'>;

interface Tensor {
  readonly store: WeightStore;
  /** Layouts that have been used once. */
  readonly seen: Set<string>;
  readonly kept: Map<string, Kept>;
}

export class WeightCache {
  private readonly tensors = new Map<DataId, Tensor>();
  private readonly kept = new Set<Kept>();
  private bytes = 0;
  private uses = 0;

  /** @param budgetBytes Called at each use, since the user may change the budget. */
  constructor(
    private readonly device: WasmDevice,
    private readonly budgetBytes: () => number,
  ) {}

  /** The packed forms of one filter. */
  of(dataId: DataId): WeightStore {
    return this.tensorOf(dataId).store;
  }

  /** Drops the packed forms of a tensor that has been disposed. */
  drop(dataId: DataId): void {
    const tensor = this.tensors.get(dataId);
    if (!tensor) return;
    for (const kept of tensor.kept.values()) this.release(kept);
    this.tensors.delete(dataId);
  }

  private use<T>(dataId: DataId, { kind, bytes }: Wanted, pack: (to: number) => void, use: (address: number) => T): T {
    const tensor = this.tensorOf(dataId);
    const known = tensor.kept.get(kind);
    if (known) {
      known.usedAt = ++this.uses;
      return use(known.block.address);
    }
    const { recording } = this.device;
    // A replay packs what depends on its inputs, and finds all other filters packed.
    const isUsedAgain = recording ? !recording.isDynamic(dataId) : tensor.seen.has(kind);
    const keeps = isUsedAgain && this.makeRoom(bytes);
    tensor.seen.add(kind);
    const block = keeps ? this.device.keep(bytes) : undefined;
    const address = block?.address ?? this.device.alloc(bytes);
    let isKept = false;
    try {
      if (recording && keeps) recording.aside(() => pack(address));
      else pack(address);
      if (block) {
        const kept = { dataId, kind, bytes, block, usedAt: ++this.uses };
        tensor.kept.set(kind, kept);
        this.kept.add(kept);
        this.bytes += bytes;
        isKept = true;
      }
      return use(address);
    } finally {
      if (!isKept) this.device.free(address);
    }
  }

  private tensorOf(dataId: DataId): Tensor {
    const known = this.tensors.get(dataId);
    if (known) return known;
    const store: WeightStore = {
      with: (kind, bytes, pack, use) => this.use(dataId, { kind, bytes }, pack, use),
    };
    const made = { store, seen: new Set<string>(), kept: new Map<string, Kept>() };
    this.tensors.set(dataId, made);
    return made;
  }

  /** Drops the least recently used filters until `bytes` fit. Returns false if they exceed the budget. */
  private makeRoom(bytes: number): boolean {
    const budget = this.budgetBytes();
    if (bytes > budget) return false;
    if (this.bytes + bytes <= budget) return true;
    for (const kept of [...this.kept].sort((a, b) => a.usedAt - b.usedAt)) {
      if (this.bytes + bytes <= budget) break;
      this.tensors.get(kept.dataId)?.kept.delete(kept.kind);
      this.release(kept);
    }
    return true;
  }

  private release(kept: Kept): void {
    this.kept.delete(kept);
    this.device.free(kept.block.address);
    this.bytes -= kept.bytes;
  }
}
