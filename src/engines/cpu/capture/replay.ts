// The steps of a captured model, ready to run: launches with their arguments in the heap, tables that JavaScript has
// written, and kernels of plain JavaScript.

import type { BackendValues, DataId, DataType, TensorInfo, TypedArray, Variable } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import type { Work } from '../../../../kernels/wasm/device.js';
import { Refusal } from '../../../tfjs/captureRefusal.js';
import { readFlag } from '../../../tfjs/flags.js';
import type { CpuBackend } from '../backend.js';
import type { HeapData } from '../heapData.js';
import type { WasmDevice } from '../runtime/device.js';
import type { Entry } from '../runtime/entry.js';
import type { KernelStep, RecordedStep } from './stepRecorder.js';

/** A tensor in memory that a replay reads from or writes to. */
export interface Place {
  readonly address: number;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export interface ReplayParts {
  readonly inputs: readonly Place[];
  readonly outputs: readonly Place[];
  readonly steps: readonly RecordedStep[];
  /** Blocks of the heap that go with the replay. */
  readonly owned: readonly number[];
  /** Data that the replay reads and does not own. */
  readonly external: Iterable<HeapData>;
  /** Variables that it reads, with the data that they had. */
  readonly variables: readonly (readonly [Variable, DataId])[];
  /** Bytes of the memory plan. */
  readonly planBytes: number;
}

type Step =
  | { readonly kind: 'launch'; readonly entry: Entry; readonly args: number; readonly work: Work }
  | { readonly kind: 'copy'; readonly from: number; readonly to: number; readonly bytes: number }
  | KernelStep;

export class Replay {
  private readonly device: WasmDevice;
  private readonly steps: readonly Step[];
  private readonly owned: number[];
  private readonly guarded: number[] = [];
  private readonly threads: number;
  private readonly winograd = readFlag('CONVNET_WINOGRAD');
  private isChanged = false;

  constructor(
    private readonly backend: CpuBackend,
    private readonly parts: ReplayParts,
  ) {
    this.device = backend.device as WasmDevice;
    this.threads = this.device.threads;
    this.owned = [...parts.owned];
    // First: what is watched or guarded is not moved.
    for (const data of parts.external) {
      data.watchers ??= new Set();
      data.watchers.add(this.noteChange);
    }
    this.guard();
    this.steps = this.place(parts.steps);
  }

  /**
   * Whether something that the steps rely on is no longer what it was: weights, packed weights, tables, the number of
   * threads, the choice of kernels.
   */
  get isStale(): boolean {
    return (
      this.isChanged ||
      this.device.threads !== this.threads ||
      readFlag('CONVNET_WINOGRAD') !== this.winograd ||
      this.parts.variables.some(([variable, dataId]) => variable.dataId !== dataId)
    );
  }

  get launches(): number {
    return this.steps.filter(({ kind }) => kind === 'launch').length;
  }

  /** The kernels that are called again, in the order of their calls. */
  get kernels(): string[] {
    return this.steps.flatMap((step) => (step.kind === 'javascript' ? [step.kernelName] : []));
  }

  get planBytes(): number {
    return this.parts.planBytes;
  }

  get outputs(): readonly Place[] {
    return this.parts.outputs;
  }

  /** Sets the inputs. */
  write(values: readonly TypedArray[]): void {
    for (const [i, place] of this.parts.inputs.entries()) writeValues(this.device, place, values[i]);
  }

  run(): void {
    const { device, steps } = this;
    const threads = device.readyThreads();
    for (const step of steps) {
      if (step.kind === 'launch') device.run(step.entry, step.args, step.work, threads);
      else if (step.kind === 'copy') device.heap.words().u8.copyWithin(step.to, step.from, step.from + step.bytes);
      else this.callKernel(step);
    }
  }

  /** The values of an output, in an array of its own. */
  read(i: number): TypedArray {
    const { address, shape, dtype } = this.parts.outputs[i];
    const view = viewOf(this.device, dtype, address, util.sizeFromShape(shape as number[]));
    const copy = new (view.constructor as new (length: number) => TypedArray)(view.length);
    copy.set(view);
    return copy;
  }

  /** An output as a new tensor of the backend. */
  takeTensor(i: number): TensorInfo {
    const { address, shape, dtype } = this.parts.outputs[i];
    const info = this.backend.newTensor(shape, dtype as 'float32');
    const data = this.backend.dataOf(info.dataId);
    this.device.heap.words().u8.copyWithin(data.address, address, address + data.bytes);
    return info;
  }

  /** Gives everything back. The replay cannot run afterwards. */
  dispose(): void {
    for (const data of this.parts.external) data.watchers?.delete(this.noteChange);
    for (const address of this.guarded.splice(0)) {
      const own = this.device.guards.get(address);
      own?.delete(this.noteChange);
      if (own?.size === 0) this.device.guards.delete(address);
    }
    for (const step of this.steps) {
      if (step.kind === 'javascript') for (const dataId of step.borrowed) this.backend.disposeData(dataId);
    }
    for (const address of this.owned.splice(0)) this.device.heap.free(address);
  }

  private readonly noteChange = (): void => {
    this.isChanged = true;
  };

  private callKernel({ kernelName, call, inputs, borrowed, results: expected }: KernelStep): void {
    const { backend, device } = this;
    for (const dataId of borrowed) backend.forgetPacked(dataId); // one that depends on no input is packed again, too
    const results = [backend.cleanly(() => call(inputs))].flat() as TensorInfo[];
    for (const [i, { dataId, shape, dtype }] of results.entries()) {
      const { shape: as, dtype: of, to } = expected[i];
      if (!util.arraysEqual(shape, as as number[]) || dtype !== of) {
        throw new Refusal(
          'the shape of a result depends on the values of the inputs, so the model cannot be replayed',
          {
            ...{ kernel: kernelName, shape, dtype, captured: as },
          },
        );
      }
      if (to !== undefined) writeValues(device, { address: to, shape, dtype }, backend.dataOf(dataId).values);
      backend.disposeData(dataId);
    }
  }

  /** Puts arguments and tables into one block of the heap. */
  private place(recorded: readonly RecordedStep[]): Step[] {
    const bytes = recorded.reduce((sum, step) => sum + constantBytes(step), 0);
    let at = this.device.heap.alloc(bytes);
    this.owned.push(at);
    return recorded.map((step): Step => {
      const address = at;
      at += constantBytes(step);
      const { i32, u8 } = this.device.heap.words();
      if (step.kind === 'launch') {
        i32.set(step.words, address / 4);
        return { kind: 'launch', entry: step.entry, args: address, work: step.work };
      }
      if (step.kind === 'javascript') return step;
      u8.set(step.values, address);
      return { kind: 'copy', from: address, to: step.to, bytes: step.values.length };
    });
  }

  /** Asks to be told when a block that is no tensor, and that an argument may point into, is freed. */
  private guard(): void {
    const { kept, guards } = this.device;
    const blocks = [...kept].sort(([a], [b]) => a - b);
    const found = new Set<number>();
    for (const step of this.parts.steps) {
      if (step.kind !== 'launch') continue;
      for (const word of step.words) {
        const block = lastUpTo(blocks, word >>> 0); // addresses go up to 4 GB
        if (block && word >>> 0 < block[0] + block[1]) found.add(block[0]);
      }
    }
    for (const address of found) {
      this.guarded.push(address);
      const own = guards.get(address) ?? new Set();
      own.add(this.noteChange);
      guards.set(address, own);
    }
  }
}

function constantBytes(step: RecordedStep): number {
  if (step.kind === 'launch') return step.words.byteLength;
  return step.kind === 'copy' ? 4 * Math.ceil(step.values.length / 4) : 0;
}

/** The last block that begins at `address` or before. */
function lastUpTo(blocks: readonly (readonly [number, number])[], address: number) {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle][0] <= address) low = middle + 1;
    else high = middle;
  }
  return blocks[low - 1];
}

function viewOf(device: WasmDevice, dtype: DataType, address: number, length: number): TypedArray {
  const { f32, i32, u8 } = device.heap.words();
  const words = dtype === 'float32' ? f32 : dtype === 'int32' ? i32 : u8;
  const first = dtype === 'bool' ? address : address >>> 2;
  return words.subarray(first, first + length);
}

/** Writes values to a place in the heap. */
export function writeValues(device: WasmDevice, { address, shape, dtype }: Place, values: BackendValues | undefined) {
  const view = viewOf(device, dtype, address, util.sizeFromShape(shape as number[]));
  view.set(values as TypedArray);
}
