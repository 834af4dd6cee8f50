// Devices of every feature variant that the machine can run, and operands in their heaps.

import type { Features } from '../../../kernels/wasm/emit/index.js';
import type { WeightStore } from '../../../kernels/wasm/index.js';
import { whyNoRevec } from '../../../src/engines/cpu/runtime/detectRevec.js';
import type { WasmDevice } from '../../../src/engines/cpu/runtime/device.js';
import { detectFeatures } from '../../../src/engines/cpu/runtime/features.js';

export interface Variant {
  readonly title: string;
  readonly features: Features;
}

const found = detectFeatures({ threads: true });

/**
 * SIMD must be there. Relaxed SIMD and shared memory may be missing (an old engine, a page that is not isolated). Vectors
 * of 256 bits are there in Node 24 and newer.
 */
export const variants: readonly Variant[] = [
  { title: 'plain SIMD', features: { fma: false, shared: false } },
  { title: 'FMA', features: { fma: true, shared: false } },
  { title: 'plain SIMD, shared memory', features: { fma: false, shared: true } },
  { title: 'FMA, shared memory', features: { fma: true, shared: true } },
  { title: 'plain SIMD, 256 bits', features: { fma: false, shared: false, revec: true } },
  { title: 'FMA, shared memory, 256 bits', features: { fma: true, shared: true, revec: true } },
].filter(
  ({ features }) =>
    (found?.fma || !features.fma) &&
    (found?.shared || !features.shared) &&
    (!features.revec || whyNoRevec(features, 'on') === ''),
);

export class Operands {
  private readonly addresses: number[] = [];

  constructor(readonly device: WasmDevice) {}

  put(values: Float32Array): number {
    const address = this.room(values.length);
    this.device.floats(address, values.length).set(values);
    return address;
  }

  /** Takes memory and fills it with a number that no result has, so that values that are not written show. */
  room(length: number): number {
    const address = this.device.alloc(4 * length + 64);
    this.device.floats(address, length + 16).fill(unwritten);
    this.addresses.push(address);
    return address;
  }

  /** Returns a result. Throws if something was written after its end. */
  take(address: number, length: number): Float32Array {
    const behind = this.device.floats(address + 4 * length, 16);
    if (behind.some((value) => value !== unwritten)) throw new Error('a kernel has written past the end of its result');
    return this.device.floats(address, length).slice();
  }

  free(): void {
    for (const address of this.addresses.splice(0)) this.device.free(address);
  }
}

const unwritten = -12345678;

/** Packs each time. */
export function weightStore(device: WasmDevice): WeightStore {
  return {
    with(_kind, bytes, pack, use) {
      const address = device.alloc(bytes);
      try {
        pack(address);
        return use(address);
      } finally {
        device.free(address);
      }
    },
  };
}
