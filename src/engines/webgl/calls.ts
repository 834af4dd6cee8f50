// The calls of kernels since a self-test was begun that nobody has read yet. If it fails, what has been computed since
// may be wrong, and nobody has seen it, because whoever reads a result reads the tests before. So the calls are made
// again, when the program that failed is barred: their results take the places of the wrong ones.
//
// What the calls were given and did not make themselves stays until the tests have been read, also if it is disposed of.

import { type DataId, engine, type KernelFunc, Tensor, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { isTensor, type KernelInputs, listInputs, mapInputs } from '../../tfjs/kernelInputs.js';
import { GpuFailure } from './gl/failures.js';

type KernelArgs = Parameters<KernelFunc>[0];
type Outputs = ReturnType<KernelFunc>;

/** Beyond so many calls, or so many bytes that stay for them, tests are read at once. */
const MOST_CALLS = 4096;
const MOST_BYTES = 2 ** 26;

interface Call extends Pick<KernelArgs, 'attrs' | 'backend'> {
  readonly kernelFunc: KernelFunc;
  readonly inputs: KernelInputs;
  readonly outputs: readonly TensorInfo[];
}

/** What counts of data that stay. */
interface KeptShape {
  readonly shape: readonly number[];
  readonly complexTensorInfos?: unknown;
}

/** The parts of the backend that calls need. */
export interface CallBackend {
  /** Whether a test has been begun that nobody has read. */
  isTestWaiting(): boolean;
  readTests(): void;
  hasData(dataId: DataId): boolean;
  disposeData(dataId: DataId, force?: boolean): boolean;
  /** Whether data have values on the CPU. */
  isOnCpu(dataId: DataId): boolean;
  /** Takes data off the GPU, if their values are on the CPU too. */
  leaveGpu(dataId: DataId): void;
  /** Whether somebody waits for the values, who gets them though the data may be gone. */
  isBeingRead(dataId: DataId): boolean;
  /** Gives data the values of others. */
  takeValues(to: DataId, from: DataId): void;
  /** Asking for the values is an error from now on; default: that a program may have computed them that is wrong. */
  declareVoid(dataId: DataId, error?: Error): void;
  /** Drops what was made of data to be used again. */
  forgetMade(dataId: DataId): void;
}

export class Calls {
  readonly #backend: CallBackend;
  #calls: Call[] = [];
  readonly #made = new Set<DataId>();
  readonly #given = new Set<DataId>();
  /** Those of the data made that hang on a draw. */
  readonly #doubtful = new Set<DataId>();
  /** Data that have been disposed of and stay. */
  readonly #kept = new Set<DataId>();
  #keptCount = 0;
  #keptBytes = 0;
  #isRepeating = false;
  /** The first error of the GPU while the calls are made again. */
  #refusal?: GpuFailure;

  constructor(backend: CallBackend) {
    this.#backend = backend;
  }

  /** Whether what is computed now will be computed again if it is wrong. */
  get isNoting(): boolean {
    return !this.#isRepeating && this.#backend.isTestWaiting();
  }

  /** Whether the calls are being made again. */
  get isRepeating(): boolean {
    return this.#isRepeating;
  }

  /** How many data stay that have been disposed of; complex ones count with their parts. */
  get keptCount(): number {
    return this.#keptCount;
  }

  /** Told of each call of a kernel that no other has made, when it is over. */
  note(kernelFunc: KernelFunc, args: KernelArgs, outputs: Outputs): void {
    if (!this.isNoting) return;
    // A variable among them has other data after its next assignment.
    const inputs = mapInputs(args.inputs as unknown as KernelInputs, ({ dataId, shape, dtype }) => {
      if (!this.#made.has(dataId)) this.#given.add(dataId);
      return { dataId, shape, dtype };
    });
    const results = [outputs].flat();
    const isDoubtful = listInputs(inputs).some((input) => isTensor(input) && this.isDoubtful(input.dataId));
    for (const { dataId } of results) {
      if (this.#given.has(dataId)) continue;
      this.#made.add(dataId);
      if (isDoubtful || !this.#backend.isOnCpu(dataId)) this.#doubtful.add(dataId);
    }
    const { attrs, backend } = args;
    this.#calls.push({ kernelFunc, inputs, attrs, backend, outputs: results });
    // A picture on the page may be another when the call is made again later.
    const isUnrepeatable = !listInputs(inputs).every(isTensor);
    if (isUnrepeatable || this.#calls.length > MOST_CALLS || this.#keptBytes > MOST_BYTES) this.#backend.readTests();
  }

  /** Whether data may be wrong as long as the tests have not been read. */
  isDoubtful(dataId: DataId): boolean {
    return this.#doubtful.has(dataId);
  }

  /** Whether data must stay until the tests have been read. */
  keeps(dataId: DataId): boolean {
    return this.#given.has(dataId);
  }

  /** Data that must stay have been disposed of. */
  keep(dataId: DataId, { shape, complexTensorInfos }: KeptShape): void {
    this.#backend.leaveGpu(dataId);
    this.#kept.add(dataId);
    this.#keptCount += complexTensorInfos ? 3 : 1;
    this.#keptBytes += 4 * util.sizeFromShape([...shape]);
  }

  /** The tests have been read, or say nothing any more. */
  clear(): void {
    const kept = [...this.#kept];
    this.#calls = [];
    this.#keptBytes = 0;
    this.#keptCount = 0;
    for (const set of [this.#made, this.#given, this.#doubtful, this.#kept]) set.clear();
    for (const dataId of kept) if (this.#backend.hasData(dataId)) this.#backend.disposeData(dataId, true);
  }

  /**
   * Makes all calls again. Afterwards data are right or void.
   *
   * @param suspects All data that a wrong program may have computed.
   */
  repeat(suspects: readonly DataId[]): void {
    const backend = this.#backend;
    const right = new Set<DataId>();
    // Nobody knows how to compute these again, and what follows from them must not look right.
    for (const dataId of suspects) if (!this.#made.has(dataId)) backend.declareVoid(dataId);
    for (const dataId of this.#given) backend.forgetMade(dataId);
    const { state } = engine();
    this.#isRepeating = true;
    state.kernelDepth++; // no tape records it
    try {
      this.#repeatAll(right);
    } finally {
      state.kernelDepth--;
      this.#isRepeating = false;
      for (const dataId of suspects) {
        if (this.#made.has(dataId) && !right.has(dataId)) backend.declareVoid(dataId, this.#refusal);
      }
      this.#refusal = undefined;
    }
  }

  #repeatAll(right: Set<DataId>): void {
    const lastUses = this.#lastUses();
    const results = new Results(this.#backend);
    try {
      this.#calls.forEach(({ kernelFunc, inputs, attrs, backend, outputs }, i) => {
        try {
          const own = mapInputs(inputs, (input) => {
            const found = results.find(input) ?? (this.#made.has(input.dataId) ? gone(input) : input);
            return tensorOf(found);
          });
          const again = [kernelFunc({ inputs: own as never, attrs, backend })].flat();
          outputs.forEach((output, at) => void results.add(output, again[at]));
        } catch (error) {
          // It used what is void, or the GPU is lost or has no memory: its results are void too.
          if (error instanceof GpuFailure) this.#refusal ??= error;
        }
        for (const dataId of lastUses.get(i) ?? []) {
          const result = results.any(dataId);
          if (!result) continue;
          if (this.#isWanted(dataId)) this.#backend.takeValues(dataId, result.dataId);
          right.add(dataId);
          results.dispose(dataId);
        }
      });
    } finally {
      results.disposeAll();
    }
  }

  #isWanted(dataId: DataId): boolean {
    return this.#backend.hasData(dataId) || this.#backend.isBeingRead(dataId);
  }

  /** The data that were made by these calls, by the number of the last call that makes or uses them. */
  #lastUses(): ReadonlyMap<number, readonly DataId[]> {
    const last = new Map<DataId, number>();
    this.#calls.forEach(({ inputs, outputs }, i) => {
      for (const input of [...listInputs(inputs), ...outputs]) {
        if (isTensor(input) && this.#made.has(input.dataId)) last.set(input.dataId, i);
      }
    });
    const byCall = new Map<number, DataId[]>();
    for (const [dataId, i] of last) byCall.set(i, [...(byCall.get(i) ?? []), dataId]);
    return byCall;
  }
}

/** What the calls give when they are made again. Data that shared values by another shape need not share them now. */
class Results {
  readonly #byData = new Map<DataId, Map<string, TensorInfo>>();

  constructor(private readonly backend: Pick<CallBackend, 'disposeData'>) {}

  add(before: TensorInfo, now: TensorInfo): void {
    const ofData = this.#byData.get(before.dataId) ?? new Map<string, TensorInfo>();
    const key = String(before.shape);
    // What hands its input on has counted one more use of it.
    if (now.dataId === before.dataId || ofData.has(key)) this.#end(now);
    else this.#byData.set(before.dataId, ofData.set(key, now));
  }

  /** The result in any of its shapes. */
  any(dataId: DataId): TensorInfo | undefined {
    return this.#byData.get(dataId)?.values().next().value;
  }

  /** What a call gets instead of an input. */
  find({ dataId, shape, dtype }: TensorInfo): TensorInfo | undefined {
    const result = this.#byData.get(dataId)?.get(String(shape));
    return result && { dataId: result.dataId, shape, dtype };
  }

  dispose(dataId: DataId): void {
    for (const result of this.#byData.get(dataId)?.values() ?? []) this.#end(result);
    this.#byData.delete(dataId);
  }

  disposeAll(): void {
    for (const dataId of [...this.#byData.keys()]) this.dispose(dataId);
  }

  /** A kernel that is composed of operations gives a tensor. */
  #end(result: TensorInfo): void {
    if (result instanceof Tensor) result.dispose();
    else this.backend.disposeData(result.dataId);
  }
}

/** A tensor of TensorFlow.js, which does not know of it: some kernels are composed of operations. */
function tensorOf({ shape, dtype, dataId }: TensorInfo): Tensor {
  return new Tensor([...shape] as never, dtype, dataId, -1);
}

function gone({ shape }: TensorInfo): never {
  throw new Error(`convnet: nothing could be computed again; received shape=[${shape}]`);
}
