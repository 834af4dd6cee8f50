// The device that kernels/wasm runs on: the heap, and programs that are compiled when they are first launched.
//
// Each program is a module. Emitting and optimizing one takes 1 to 2 ms, so a network pays only for those it uses.

import type { Device, Work } from '../../../../kernels/wasm/device.js';
import {
  type ArgTypes,
  type ArgValues,
  encodeModule,
  type Features,
  type Program,
  parameterNames,
} from '../../../../kernels/wasm/emit/index.js';
import { compile, optimizesAtOnce } from './compile.js';
import type { Entry } from './entry.js';
import { Heap } from './heap.js';
import type { Owner } from './heapBlock.js';
import { KeptBlock } from './keptBlock.js';
import type { Recording } from './recording.js';
import { chosenThreads } from './threads/count.js';
import { addresses, maxArguments } from './threads/layout.js';
import { type Kernel, ThreadPool } from './threads/pool.js';
import type { StartWorker } from './threads/startWorker.js';

// When to use several threads, measured on two Xeon cores with Node 20 and 24: opening a job costs the caller 1 us
// while the workers are awake, and 13 us for each worker that it wakes. That worker starts after another 20 us. A
// million operations take 25 us at 40 GFLOP/s.
/** Below this cost a launch stays on the calling thread. */
export const openCost = 1e5;
/** One worker is woken for each such cost. Below it, only workers that are awake help. */
const wakeCost = 2e6;

/** Workers that do not go on for this long are dead: no system keeps a thread that can run waiting for it. */
const lostMs = 5000;
/** The slowest machine computes this much in a millisecond, so a large chunk has more time. */
const slowestCost = 1e4;

// Where the baseline compiler comes first, optimized code replaces a program only at its next call. Until then a launch
// is cut into many calls, so that the first prediction does not run entirely at a fifth of the speed. A first product
// of 157 MFLOP in Chromium on a Xeon takes 65 ms in one call and 8 ms in pieces.
const youngMs = 50;
const youngPieces = 64;
/** A launch of less cost is too short for that to matter. */
const youngCost = 1e6;

export interface DeviceOptions {
  /** Number of threads, which setThreadsCount() overrides. Without shared memory there is one. */
  readonly threads?: number;
  /** Why there are no vectors of 256 bits; '' where there are. */
  readonly revecOff?: string;
  /** For tests: every launch, however small, on all threads. */
  readonly eager?: boolean;
  /** For tests: milliseconds without progress after which a worker counts as dead. */
  readonly lostMs?: number;
  /** For tests: another way to start a worker. */
  readonly startWorker?: StartWorker;
}

export class WasmDevice implements Device {
  readonly features: Features;
  readonly heap: Heap;
  readonly zeros: number = addresses.zeros;
  /** What listens while a model is captured. */
  recording?: Recording;
  /** The blocks that outlive a call and are no tensors, such as packed weights and tables, with their bytes. */
  readonly kept: Map<number, number> = new Map<number, number>();
  /** Called when a kept block is freed. */
  readonly guards: Map<number, Set<() => void>> = new Map<number, Set<() => void>>();
  private readonly entries = new Map<Program, Entry>();
  /** Made at the first launch of enough cost for several threads. */
  private pool?: ThreadPool;

  constructor(
    features: Features,
    readonly options: DeviceOptions = {},
  ) {
    this.heap = new Heap(features.shared);
    this.features = { ...features, shared: this.heap.shared };
  }

  /** The number of threads that are wanted, started or not. */
  get threads(): number {
    if (!this.heap.shared || this.pool?.hasFailed) return 1;
    return chosenThreads() ?? this.options.threads ?? 1;
  }

  alloc(bytes: number, owner?: Owner): number {
    return this.recording?.alloc(bytes) ?? this.heap.alloc(bytes, owner);
  }

  keep(bytes: number): KeptBlock {
    const block = new KeptBlock(this, bytes);
    block.address = this.heap.alloc(bytes, block);
    return block;
  }

  free(address: number): void {
    if (this.recording?.free(address)) return;
    this.heap.free(address);
    this.forgetKept(address);
  }

  /** A block that outlives calls is one no more. */
  forgetKept(address: number): void {
    if (this.kept.delete(address)) for (const guard of this.guards.get(address) ?? []) guard();
  }

  floats(address: number, length: number): Float32Array {
    return this.heap.floats(address, length);
  }

  ints(address: number, length: number): Int32Array {
    return this.heap.ints(address, length);
  }

  launch<A extends ArgTypes>(program: Program<A>, args: ArgValues<A>, work: Work): void {
    const entry = this.entries.get(program as unknown as Program) ?? this.compile(program as unknown as Program);
    this.writeArguments(entry, args);
    this.recording?.launch(entry, work);
    const isLarge = this.pool || work.cost >= openCost || this.options.eager;
    this.run(entry, addresses.args, work, isLarge ? this.readyThreads() : 1);
    this.recording?.launched();
  }

  /** The number of threads that are wanted. Ends those of the pool that no longer are. */
  readyThreads(): number {
    const { threads } = this;
    if (this.pool && this.pool.threads > threads) this.pool.resize(threads);
    return threads;
  }

  /** Runs a compiled program with the arguments at `args`. */
  run(entry: Entry, args: number, work: Work, threads: number): void {
    if (threads > 1 && work.items > 1 && (work.cost >= openCost || this.options.eager)) {
      // The workers know one argument block.
      if (args !== addresses.args) this.heap.words().u8.copyWithin(addresses.args, args, args + 4 * entry.names.length);
      if (this.runOnThreads(entry, work, threads)) return;
    }
    runAlone(entry, args, work);
  }

  /** Ends the workers and releases the memory. The device cannot be used afterwards. */
  close(): void {
    this.pool?.close();
    this.entries.clear();
    this.heap.close();
  }

  /** The first words of the argument block. */
  argumentWords(count: number): Int32Array {
    return this.heap.words().i32.subarray(addresses.args / 4, addresses.args / 4 + count);
  }

  private writeArguments({ names, isFloat }: Entry, args: ArgValues<ArgTypes>): void {
    const { i32, f32 } = this.heap.words();
    const first = addresses.args / 4;
    for (let i = 0; i < names.length; i++) {
      const value = args[names[i]];
      if (isFloat[i]) f32[first + i] = value;
      else i32[first + i] = value;
    }
  }

  /** Returns false where no workers could be started. */
  private runOnThreads(entry: Entry, { items, cost, isInPlace = false }: Work, threads: number): boolean {
    this.pool ??= new ThreadPool(this.heap.memory, this.options.startWorker);
    this.pool.resize(threads);
    if (this.pool.threads === 1) return false;
    entry.loaded ??= this.pool.load(entry.name, entry.module);
    const wakes = this.options.eager ? threads : Math.floor(cost / wakeCost);
    const patienceMs = this.options.lostMs ?? lostMs + cost / slowestCost;
    return this.pool.run(entry.loaded, entry.kernel, { items, wakes, patienceMs, isInPlace });
  }

  private compile(program: Program): Entry {
    const { name, args } = program;
    const names = Object.keys(args);
    if (names.length > maxArguments) throw new Error(`${name}: ${names.length} arguments; ${maxArguments} fit`);
    const module = moduleOf(program, this.features);
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.heap.memory } });
    const kernel = exports[name] as Kernel;
    const isFloat = Object.values(args).map((type) => type === 'f32');
    const entry: Entry = { name, module, kernel, names, isFloat, youngFor: optimizesAtOnce() ? 0 : youngMs };
    this.entries.set(program, entry);
    return entry;
  }
}

/** Modules by program and features: backends of one app share them. */
const modules = new WeakMap<Program, Map<string, WebAssembly.Module>>();

function moduleOf(program: Program, features: Features): WebAssembly.Module {
  const { fma, shared, revec = false } = features;
  const key = `${fma} ${shared} ${revec}`;
  const ofProgram = modules.get(program) ?? new Map<string, WebAssembly.Module>();
  const known = ofProgram.get(key);
  if (known) return known;
  const bytes = encodeModule([program.emit(features)], features, parameterNames.length);
  const module = compile(bytes, { revectorize: revec });
  modules.set(program, ofProgram.set(key, module));
  return module;
}

function runAlone(entry: Entry, args: number, { items, cost }: Work): void {
  if (entry.youngFor > 0 && cost >= youngCost) runInPieces(entry, args, items);
  else entry.kernel(args, 0, items, 0);
}

function runInPieces(entry: Entry, args: number, items: number): void {
  const start = performance.now();
  const piece = Math.ceil(items / youngPieces);
  for (let from = 0; from < items; from += piece) {
    entry.kernel(args, from, Math.min(from + piece, items), 0);
  }
  entry.youngFor -= performance.now() - start;
}
