// Emits a few statements and runs them on memory of their own.

import { encodeModule, type F32, type Features, Fn, type I32, i32 } from '../../../kernels/wasm/emit/index.js';
import { compile } from '../../../src/engines/cpu/runtime/compile.js';

export const plain: Features = { fma: false, shared: false };

export interface Result {
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  readonly bytes: Uint8Array;
}

/** Runs a function without parameters on a page of memory that holds `input` (floats) from address 1024 on. */
export function run(build: (fn: Fn) => void, input: readonly number[] = [], features: Features = plain): Result {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: features.shared });
  new Float32Array(memory.buffer).set(input, 256);
  const fn = new Fn('test', 0, features);
  build(fn);
  const { exports } = new WebAssembly.Instance(compile(encodeModule([fn], features, 0)), { env: { memory } });
  (exports.test as () => void)();
  const { buffer } = memory;
  return { ints: new Int32Array(buffer), floats: new Float32Array(buffer), bytes: new Uint8Array(buffer) };
}

/** Values of integer expressions. */
export function ints(...values: I32[]): number[] {
  const { ints } = run((fn) => {
    for (const [i, value] of values.entries()) fn.store(i32(0), value, 4 * i);
  });
  return [...ints.subarray(0, values.length)];
}

export function floats(...values: F32[]): number[] {
  const { floats } = run((fn) => {
    for (const [i, value] of values.entries()) fn.store(i32(0), value, 4 * i);
  });
  return [...floats.subarray(0, values.length)];
}
