// The second run that is followed: in the planned memory. What it launches are the steps of a replay, with these very
// addresses, so nothing in their arguments has to be found and changed.

import type { DataId } from '@tensorflow/tfjs-core';
import type { Work } from '../../../../kernels/wasm/device.js';
import type { CpuBackend } from '../backend.js';
import type { HeapData } from '../heapData.js';
import type { Entry } from '../runtime/entry.js';
import type { KernelCall } from '../runtime/recording.js';
import type { MemoryPlan } from './memoryPlan.js';
import { Recorder } from './recorder.js';
import type { Block, Frame, FrameKind, Result, Trace } from './trace.js';

/** A launch with its arguments. */
export interface LaunchStep {
  readonly kind: 'launch';
  readonly entry: Entry;
  readonly words: Int32Array;
  readonly work: Work;
}

/** Bytes that JavaScript has written before a launch, such as a table. They are the same in each replay. */
export interface CopyStep {
  readonly kind: 'copy';
  readonly values: Uint8Array;
  readonly to: number;
}

/** A kernel that is called again. */
export interface KernelStep {
  readonly kind: 'javascript';
  readonly kernelName: string;
  readonly call: (inputs: object) => unknown;
  /** In the kernel's own structure, each with data that borrow its memory. */
  readonly inputs: object;
  readonly borrowed: readonly DataId[];
  /** Where each result goes; undefined for a result that is an input. */
  readonly results: readonly { readonly shape: readonly number[]; readonly dtype: string; readonly to?: number }[];
}

export type RecordedStep = LaunchStep | CopyStep | KernelStep;

export class StepRecorder extends Recorder {
  readonly steps: RecordedStep[] = [];
  /** Blocks of the heap that replays read: results of kernels that depend on no input. */
  readonly owned: number[] = [];
  /** Blocks that JavaScript has had a view of in this kernel, with their bytes as they were after the last launch. */
  private readonly viewed = new Map<Block, Uint8Array | undefined>();
  private nextBlock = 0;

  /** @param arena Address of the memory that the plan places blocks in. */
  constructor(
    backend: CpuBackend,
    inputs: readonly HeapData[],
    known: Trace,
    private readonly plan: MemoryPlan,
    private readonly arena: number,
  ) {
    super(backend, inputs, known);
  }

  override launched(): void {
    for (const block of this.viewed.keys()) this.viewed.set(block, this.bytesOf(block));
  }

  rescue(): void {
    for (const address of this.owned.splice(0)) this.device.heap.free(address);
    for (const step of this.steps) {
      if (step.kind === 'javascript') for (const dataId of step.borrowed) this.backend.disposeData(dataId);
    }
    const end = this.arena + this.plan.bytes;
    for (const data of this.blockOf.keys()) {
      if (data.address < this.arena || data.address >= end) continue;
      const copy = this.device.heap.alloc(data.bytes);
      this.device.heap.words().u8.copyWithin(copy, data.address, data.address + data.bytes);
      data.address = copy;
    }
  }

  protected take(): number {
    return this.arena + this.plan.offsets[this.nextBlock++];
  }

  protected give(block: Block): void {
    this.viewed.delete(block);
  }

  protected kindOf(kernelName: string): FrameKind {
    const expected = this.known?.frames[this.trace.frames.length];
    if (expected?.kernelName !== kernelName || expected.kind === 'static') {
      this.refuseDifference(`calls ${kernelName} in place of ${expected?.kernelName ?? 'its end'}`);
    }
    return expected.kind;
  }

  protected noteLaunch(entry: Entry, words: Int32Array, work: Work): void {
    this.flush();
    this.steps.push({ kind: 'launch', entry, words: words.slice(), work: { ...work } });
  }

  protected noteWriting(block: Block): void {
    if (!this.viewed.has(block)) this.viewed.set(block, undefined);
  }

  protected keepsBlock(address: number): boolean {
    this.device.forgetKept(address); // other captured models may use it
    this.owned.push(address);
    return true;
  }

  protected keeps(data: HeapData): boolean {
    if (!this.needed.has(data) || data.address === 0) return false;
    this.owned.push(data.address);
    return true;
  }

  protected override finishLaunches(): void {
    this.flush();
    this.viewed.clear();
  }

  protected finishJavaScript({ kernelName, call, inputs }: KernelCall, _: Frame, results: readonly Result[]): void {
    const borrowed: DataId[] = [];
    const copy = this.borrow(inputs, borrowed);
    const targets = results.map(({ data, info, isNew }) => {
      const { shape, dtype } = info;
      if (!isNew) return { shape: [...shape], dtype };
      if (!this.blockOf.has(data)) this.place(data);
      return { shape: [...shape], dtype, to: data.address };
    });
    this.steps.push({ kind: 'javascript', kernelName, call, inputs: copy, borrowed, results: targets });
  }

  private place(data: HeapData): void {
    data.moveToHeap();
    this.note(`alloc ${data.bytes}`);
    const block = this.addBlock(data.bytes);
    data.moveTo(block.address);
    this.noteBlockOf(data, block);
  }

  /** The inputs of a kernel, with data that stay when those of this run are gone. */
  private borrow(inputs: object, borrowed: DataId[]): object {
    const one = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(one);
      if (value == null) return value;
      const { dataId, shape, dtype } = value as { dataId: object; shape: number[]; dtype: 'float32' };
      const copy = this.backend.adopt(this.backend.dataOf(dataId).shared());
      borrowed.push(copy);
      const size = shape.reduce((product, n) => product * n, 1);
      // Some official kernels ask for a Tensor's rank or size.
      return { dataId: copy, shape: [...shape], dtype, rank: shape.length, size };
    };
    if (Array.isArray(inputs)) return inputs.map(one);
    return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, one(value)]));
  }

  /** Makes steps of what JavaScript has written. */
  private flush(): void {
    for (const [block, before] of this.viewed) {
      const values = this.bytesOf(block);
      if (before && values.every((byte, i) => byte === before[i])) continue;
      this.steps.push({ kind: 'copy', values, to: block.address });
      this.viewed.set(block, values);
    }
  }

  private bytesOf({ address, bytes }: Block): Uint8Array {
    const copy = new Uint8Array(bytes);
    copy.set(this.device.heap.words().u8.subarray(address, address + bytes));
    return copy;
  }
}
