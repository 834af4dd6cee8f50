// The machine that kernels/wasm runs on: the heap, and programs compiled when they are first launched.
//
// A program is a module of its own. Emitting and optimizing one takes 1 to 2 ms, so a network pays for the dozen that it
// uses, not for all there are.

import type { Device, Work } from '../../kernels/wasm/device.js';
import {
  type ArgTypes,
  type ArgValues,
  encodeModule,
  type Features,
  type Program,
  parameterNames,
} from '../../kernels/wasm/emit/index.js';
import { compile } from './compile.js';
import { Heap } from './heap.js';

/** Places in the reserved bytes at the start of the heap. */
const places = { block: 256, zeros: 1024, zerosEnd: 4096 } as const;

type Compiled = (block: number, from: number, to: number, thread: number) => void;

interface Entry {
  readonly run: Compiled;
  readonly names: readonly string[];
  readonly isFloat: readonly boolean[];
}

export class WasmDevice implements Device {
  readonly heap: Heap;
  readonly threads: number = 1;
  readonly zeros: number = places.zeros;
  private readonly entries = new Map<Program, Entry>();

  constructor(readonly features: Features) {
    this.heap = new Heap(features.shared);
  }

  alloc(bytes: number): number {
    return this.heap.alloc(bytes);
  }

  free(address: number): void {
    this.heap.free(address);
  }

  floats(address: number, length: number): Float32Array {
    return this.heap.floats(address, length);
  }

  ints(address: number, length: number): Int32Array {
    return this.heap.ints(address, length);
  }

  launch<A extends ArgTypes>(program: Program<A>, args: ArgValues<A>, { items }: Work): void {
    const entry = this.entries.get(program as unknown as Program) ?? this.compile(program as unknown as Program);
    const { names, isFloat, run } = entry;
    const ints = this.heap.ints(places.block, names.length);
    const floats = this.heap.floats(places.block, names.length);
    for (let i = 0; i < names.length; i++) {
      const value = args[names[i]];
      if (isFloat[i]) floats[i] = value;
      else ints[i] = value;
    }
    run(places.block, 0, items, 0);
  }

  private compile(program: Program): Entry {
    const bytes = encodeModule([program.emit(this.features)], this.features, parameterNames.length);
    const { exports } = new WebAssembly.Instance(compile(bytes), { env: { memory: this.heap.memory } });
    const entry: Entry = {
      run: exports[program.name] as Compiled,
      names: Object.keys(program.args),
      isFloat: Object.values(program.args).map((type) => type === 'f32'),
    };
    this.entries.set(program, entry);
    return entry;
  }
}
