// Follows one run of a model: which kernels run, on which of the data that depend on the model's inputs ("dynamic"), and
// what memory they take. Two runs are followed: one gives the lifetimes (traceRecorder.ts), the next one runs in the
// planned memory and gives the steps (stepRecorder.ts).
//
// A kernel without a dynamic input is `static`: its results stay as they are. One that reads dynamic values in
// JavaScript, or makes a tensor from values of JavaScript, is `javascript`. What reads dynamic values outside of a kernel
// decides something by them, so that no replay could be right: that is refused.

import type { BackendValues, DataId, TensorInfo } from '@tensorflow/tfjs-core';
import type { Work } from '../../../../kernels/wasm/device.js';
import { Refusal, reasonAgainst, Unstable } from '../../../tfjs/captureRefusal.js';
import type { CpuBackend } from '../backend.js';
import { isInHeap } from '../dtype.js';
import type { HeapData } from '../heapData.js';
import type { WasmDevice } from '../runtime/device.js';
import type { Entry } from '../runtime/entry.js';
import type { KernelCall, Recording } from '../runtime/recording.js';
import { areSameValues, attrsText, type Block, type Frame, type FrameKind, type Result, type Trace } from './trace.js';

export abstract class Recorder implements Recording {
  readonly trace: Trace = { events: [], frames: [], blocks: [], written: [] };
  /** Data that exist without the run and that it reads, such as weights. */
  readonly external = new Set<HeapData>();
  /** Data that depend on no input, made by the run, that a replay reads. */
  protected readonly needed = new Set<HeapData>();
  protected readonly device: WasmDevice;
  protected frame?: Frame;
  protected readonly scratch = new Map<number, Block>();
  protected readonly blockOf = new Map<HeapData, Block>();
  /** Data that the run has made and that exist. */
  private readonly dynamic = new Set<HeapData>();
  private readonly made = new Set<HeapData>();
  private clock = 0;
  private refusal?: Refusal;

  /** @param inputs The data of the model's inputs, in memory of their own. */
  constructor(
    protected readonly backend: CpuBackend,
    private readonly inputs: readonly HeapData[],
    protected readonly known?: Trace,
  ) {
    this.device = backend.device as WasmDevice;
    for (const [i, data] of inputs.entries()) {
      const life = { from: 0, to: Number.POSITIVE_INFINITY };
      const block = { index: -1 - i, address: data.address, bytes: data.bytes, ...life, data, isTouched: true };
      this.blockOf.set(data, block);
    }
  }

  /** Follows `run`, which disposes of what it makes, and returns what it returns. */
  follow<T>(run: () => T): T {
    const { device } = this;
    device.recording = this;
    device.heap.onView = (address) => this.view(address);
    try {
      const result = run();
      if (this.refusal) throw this.refusal; // the model has caught it
      this.checkGone();
      return result;
    } catch (error) {
      throw this.refusal ?? error;
    } finally {
      device.recording = undefined;
      device.heap.onView = undefined;
    }
  }

  kernel<T>(call: KernelCall, run: () => T): T {
    if (this.frame) return run(); // called by a kernel, and replayed with it
    const { kernelName } = call;
    const reason = reasonAgainst(kernelName);
    if (reason) this.refuse(new Refusal(`the kernel cannot be replayed: ${reason}`, { kernel: kernelName }));
    const inputs = this.inputsOf(call);
    const isStatic = !inputs.some((data) => this.isDynamicData(data));
    this.noteInputs(inputs, isStatic);
    this.frame = {
      ...{ kernelName, kind: isStatic ? 'static' : this.kindOf(kernelName), created: new Set() },
      ...{ firstEvent: this.trace.events.length, firstBlock: this.trace.blocks.length },
    };
    try {
      const results = run();
      this.close(call, this.frame, inputs, [results].flat() as TensorInfo[]);
      return results;
    } finally {
      this.frame = undefined;
    }
  }

  isDynamic(dataId: DataId): boolean {
    return this.isDynamicData(this.backend.dataOf(dataId));
  }

  aside(work: () => void): void {
    const { frame } = this;
    this.frame = frame && { ...frame, kind: 'static' };
    try {
      work();
    } finally {
      this.frame = frame;
    }
  }

  alloc(bytes: number): number {
    if (!this.frame) return this.refuse(new Refusal('memory is taken outside of a kernel', { bytes }));
    if (this.frame.kind !== 'launches') return this.device.heap.alloc(bytes);
    this.note(`alloc ${bytes}`);
    const block = this.addBlock(bytes);
    this.scratch.set(block.address, block);
    return block.address;
  }

  free(address: number): boolean {
    const block = this.scratch.get(address);
    if (!block) return this.device.kept.has(address) && this.keepsBlock(address);
    this.scratch.delete(address);
    this.note(`free ${block.index}`);
    block.to = ++this.clock;
    this.give(block);
    return true;
  }

  launch(entry: Entry, work: Work): void {
    if (!this.frame) this.refuse(new Refusal('a program is launched outside of a kernel', { program: entry.name }));
    if (this.frame?.kind !== 'launches') return;
    const words = this.device.argumentWords(entry.names.length);
    this.noteLaunch(entry, words, work);
    const pointers = [...words].filter((_, i) => !entry.isFloat[i]).map((word) => word >>> 0); // up to 4 GB
    for (const block of this.blocks()) {
      const end = block.address + block.bytes;
      block.isTouched ||= pointers.some((pointer) => pointer >= block.address && pointer < end);
    }
  }

  launched(): void {}

  view(address: number): void {
    const block = [...this.blocks()].reverse().find((b) => address >= b.address && address < b.address + b.bytes);
    if (!block) return; // no memory of the plan: a table that is kept, a weight
    if (!this.frame || this.frame.kind === 'static') this.refuseReading();
    if (this.frame.kind !== 'launches') return;
    if (block.isTouched) this.toJavaScript(this.frame);
    else this.noteWriting(block);
  }

  make(data: HeapData, by: 'device' | 'kernel' | 'app', values?: BackendValues): void {
    const { frame } = this;
    if (!frame) {
      if (by !== 'app') this.refuse(new Refusal('a tensor is made outside of a kernel', { dtype: data.dtype }));
      this.noteWritten(values as BackendValues);
      this.made.add(data);
      return;
    }
    frame.created.add(data);
    if (frame.kind === 'static') {
      this.made.add(data);
      return;
    }
    this.dynamic.add(data);
    if (by !== 'device') this.toJavaScript(frame);
    const block = this.scratch.get(data.address);
    if (!block) return;
    this.scratch.delete(data.address);
    block.data = data;
    this.blockOf.set(data, block);
  }

  read(data: HeapData): void {
    if (!this.isDynamicData(data)) {
      if (!this.made.has(data)) this.external.add(data);
    } else if (!this.frame || this.frame.kind === 'static') this.refuseReading();
    else this.toJavaScript(this.frame);
  }

  release(data: HeapData): boolean {
    const isMade = this.made.delete(data);
    this.dynamic.delete(data);
    const block = this.blockOf.get(data);
    if (!block) return isMade && this.keeps(data);
    this.blockOf.delete(data);
    if (this.frame?.created.has(data)) block.to = ++this.clock; // an intermediate tensor of the kernel
    this.give(block);
    return true;
  }

  overwrite(data: HeapData): void {
    const kernel = this.frame?.kernelName;
    this.refuse(new Refusal('values that exist are changed in place', { kernel, dtype: data.dtype }));
  }

  /** Notes the model's results, while they exist. */
  noteOutputs(outputs: readonly HeapData[]): void {
    for (const data of outputs) {
      const block = this.blockOf.get(data);
      if (block) block.to = Number.POSITIVE_INFINITY;
      else if (this.made.has(data)) this.needed.add(data);
      else this.external.add(data);
    }
    if (this.known && this.trace.events.length < this.known.events.length) this.refuseDifference('ends early');
  }

  /** Refuses if data that depend on the inputs outlive the run. */
  private checkGone(): void {
    const left = [...this.dynamic].find((data) => !this.inputs.includes(data));
    if (!left) return;
    this.refuse(
      new Refusal('the model keeps a tensor that depends on its inputs beyond the call', {
        dtype: left.dtype,
        bytes: left.bytes,
      }),
    );
  }

  /** Gives data that still exist memory of their own, after a run that failed. */
  abstract rescue(): void;

  protected isDynamicData(data: HeapData): boolean {
    return this.dynamic.has(data) || this.inputs.includes(data);
  }

  protected refuse(refusal: Refusal): never {
    this.refusal ??= refusal;
    throw this.refusal;
  }

  protected refuseDifference(how: string): never {
    const last = this.trace.frames.at(-1)?.kernelName;
    const rule =
      'two runs of the model with the same inputs differ, as with random numbers, counters or caches; ' +
      `the second one ${how}`;
    this.refuse(new Unstable(rule, { 'last kernel': last ?? 'none' }));
  }

  protected note(event: string): void {
    const { events } = this.trace;
    const expected = this.known?.events[events.length];
    if (this.known && expected !== event)
      this.refuseDifference(`has '${event}' in place of '${expected ?? 'its end'}'`);
    events.push(event);
  }

  /** Makes memory of the plan. */
  protected addBlock(bytes: number, address: number = this.take(bytes)): Block {
    const from = ++this.clock;
    const block: Block = { index: this.trace.blocks.length, bytes, address, from, to: from, isTouched: false };
    this.trace.blocks.push(block);
    return block;
  }

  protected noteBlockOf(data: HeapData, block: Block): void {
    block.data = data;
    block.isTouched = true;
    this.blockOf.set(data, block);
  }

  protected toJavaScript(frame: Frame): void {
    if (frame.kind === 'javascript') return;
    if (this.known) this.refuseDifference(`reads values in ${frame.kernelName}`);
    frame.kind = 'javascript';
  }

  /** Address of memory for the next block. */
  protected abstract take(bytes: number): number;
  protected abstract give(block: Block): void;
  protected abstract kindOf(kernelName: string): FrameKind;
  protected abstract noteLaunch(entry: Entry, words: Int32Array, work: Work): void;
  /** JavaScript writes into a block that no launch has written, for instance a table. */
  protected abstract noteWriting(block: Block): void;
  /** Whether a block that outlives calls must be kept although it is freed. */
  protected abstract keepsBlock(address: number): boolean;
  /** Whether released data that depend on no input must keep their memory. */
  protected abstract keeps(data: HeapData): boolean;
  protected abstract finishJavaScript(call: KernelCall, frame: Frame, results: readonly Result[]): void;
  protected finishLaunches(): void {}

  private close(call: KernelCall, frame: Frame, inputs: readonly HeapData[], infos: readonly TensorInfo[]): void {
    const { kernelName } = frame;
    const results = infos.map((info): Result => {
      const data = this.backend.dataOf(info.dataId);
      return { data, info, isNew: frame.created.has(data) };
    });
    if (frame.kind !== 'static') {
      const other = infos.find(({ dtype }) => !isInHeap(dtype));
      if (other) this.refuseDtype(kernelName, other.dtype);
      if (frame.kind === 'javascript') this.finishJavaScript(call, frame, results);
      else this.finishLaunches();
    }
    const used = [...inputs, ...results.map(({ data }) => data)].map((data) => this.blockOf.get(data));
    for (const data of frame.created) used.push(this.blockOf.get(data as HeapData)); // those that outlive the kernel
    this.clock++;
    for (const block of used) {
      if (!block) continue;
      block.isTouched = true;
      block.to = Math.max(block.to, this.clock);
    }
    const indices = used.map((block) => block?.index ?? '');
    this.note(`${kernelName} ${frame.kind} [${indices}] ${attrsText(call.attrs)}`);
    this.trace.frames.push({ kernelName, kind: frame.kind });
  }

  private *blocks(): Generator<Block> {
    yield* this.blockOf.values();
    yield* this.scratch.values();
  }

  private inputsOf({ kernelName, inputs }: KernelCall): HeapData[] {
    const infos = Object.values(inputs)
      .flat()
      .filter((info) => info != null) as TensorInfo[];
    const foreign = infos.find(({ dataId }) => dataId == null);
    if (foreign) this.refuse(new Refusal('the kernel reads what is no tensor', { kernel: kernelName }));
    const data = infos.map(({ dataId }) => this.backend.dataOf(dataId));
    const other = infos.find(({ dtype }) => !isInHeap(dtype));
    if (other && data.some((one) => this.isDynamicData(one))) this.refuseDtype(kernelName, other.dtype);
    return data;
  }

  private refuseDtype(kernelName: string, dtype: string): never {
    const rule = 'the kernel computes with a dtype that cannot be replayed';
    return this.refuse(new Refusal(rule, { kernel: kernelName, dtype }));
  }

  private noteInputs(inputs: readonly HeapData[], isStatic: boolean): void {
    for (const data of inputs) {
      if (this.isDynamicData(data)) continue;
      if (!this.made.has(data)) this.external.add(data);
      else if (!isStatic) this.needed.add(data);
    }
  }

  private noteWritten(values: BackendValues): void {
    const { written } = this.trace;
    const before = this.known?.written[written.length];
    this.note('values of JavaScript');
    if (before && !areSameValues(before, values)) this.refuseDifference('makes a tensor of other values in JavaScript');
    written.push(values);
  }

  private refuseReading(): never {
    const rule =
      'values that depend on the inputs are read in JavaScript (dataSync, control flow), and what follows from them ' +
      'cannot be replayed';
    return this.refuse(new Refusal(rule, { 'last kernel': this.trace.frames.at(-1)?.kernelName ?? 'none' }));
  }
}
