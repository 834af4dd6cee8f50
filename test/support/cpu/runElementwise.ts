// Runs elementwise programs in every variant of the emitter, with their results between guards in the heap.

import { expect } from 'chai';
import { type UnaryName, unary } from '../../../kernels/wasm/elementwise/unary.js';
import type { Features } from '../../../kernels/wasm/emit/index.js';
import { WasmDevice } from '../../../src/engines/cpu/runtime/device.js';
import { detectFeatures, detectSharedMemory } from '../../../src/engines/cpu/runtime/features.js';

const found = detectFeatures({ threads: false });
const canShare = detectSharedMemory();
const hasFma = found?.fma ?? false;

interface Variant extends Features {
  readonly title: string;
  readonly threads?: number;
  readonly runs: boolean;
}

const variants: readonly Variant[] = [
  { title: 'plain SIMD', fma: false, shared: false, runs: found != null },
  { title: 'FMA', fma: true, shared: false, runs: hasFma },
  { title: 'FMA, shared memory', fma: true, shared: true, runs: hasFma && canShare },
  { title: 'plain SIMD, three threads', fma: false, shared: true, threads: 3, runs: found != null && canShare },
];

/** Lengths around the vectors, the unrolled loops and the chunks. */
export const lengths = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 4095, 4096, 4097, 8195];
const guard = 64;
const sentinel = 0xa5;

/** Memory in the heap between two guards. */
export class Guarded {
  readonly address: number;
  private readonly start: number;

  constructor(
    private readonly device: WasmDevice,
    private readonly bytes: number,
  ) {
    this.start = device.alloc(bytes + 2 * guard);
    this.address = this.start + guard;
    device.heap.bytes(this.start, bytes + 2 * guard).fill(sentinel);
  }

  /** Returns a copy of the bytes between the guards. Fails if these have changed. */
  read(title: string): ArrayBuffer {
    const all = this.device.heap.bytes(this.start, this.bytes + 2 * guard);
    for (let i = 0; i < guard; i++) {
      expect(all[i], `${title}: byte ${i - guard} in front`).to.equal(sentinel);
      expect(all[guard + this.bytes + i], `${title}: byte ${i} behind`).to.equal(sentinel);
    }
    const copy = new Uint8Array(this.bytes);
    copy.set(all.subarray(guard, guard + this.bytes));
    this.device.free(this.start);
    return copy.buffer;
  }
}

export function put(device: WasmDevice, values: ArrayLike<number>): number {
  const address = device.alloc(4 * values.length);
  device.floats(address, values.length).set(values);
  return address;
}

/** Runs with the address of `length` floats, and returns these. */
export function outputOf(device: WasmDevice, title: string, length: number, run: (y: number) => void): Float32Array {
  const y = new Guarded(device, 4 * length);
  run(y.address);
  return new Float32Array(y.read(title));
}

export function applyUnary(
  device: WasmDevice,
  name: UnaryName,
  values: Float32Array,
  p?: number,
  q?: number,
): Float32Array {
  const x = put(device, values);
  const y = outputOf(device, name, values.length, (to) =>
    unary(device, name, { x, y: to, length: values.length, p, q }),
  );
  device.free(x);
  return y;
}

export function ramp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 10 - 5);
}

export const specials = Float32Array.of(
  ...[NaN, Infinity, -Infinity, 0, -0, 1, -1, 2 ** -149, -(2 ** -149), 2 ** -126, -(2 ** -126), 1e-30, -1e-30],
  ...[3.4e38, -3.4e38, 88, 88.8, 89, 128, -87, -88, -100, -104, -150, 1e10, -1e10],
);

export function concat(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A suite for each variant, with a device. Each test must free all memory that it takes. */
export function describeVariants(what: string, tests: (device: () => WasmDevice) => void): void {
  for (const { title, runs, threads, ...features } of variants) {
    const suite = runs ? describe : describe.skip;
    suite(`${what}, ${title}${runs ? '' : ' (not in this engine)'}`, () => {
      let device: WasmDevice;
      let usedBefore: number;
      before(() => {
        device = new WasmDevice(features, { threads, eager: threads !== undefined });
        usedBefore = device.heap.usedBytes;
      });
      after(() => device.close());
      afterEach(() => {
        expect(device.heap.usedBytes, 'bytes left behind').to.equal(usedBefore);
      });
      tests(() => device);
    });
  }
}
