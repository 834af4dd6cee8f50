// Small programs for the tests of threads, and devices that they run on.

import { type Features, load, loadI32, loadSplat, program, splat } from '../../../kernels/wasm/emit/index.js';
import { type DeviceOptions, WasmDevice } from '../../../src/engines/cpu/runtime/device.js';
import { detectSharedMemory } from '../../../src/engines/cpu/runtime/features.js';

/** True in Node, and in a page that is cross-origin isolated. */
export const canShare = detectSharedMemory();

const features: Features = { fma: false, shared: true };

/** Every launch goes to all threads, however small. */
export function eagerDevice(threads: number, options: Partial<DeviceOptions> = {}): WasmDevice {
  return new WasmDevice(features, { threads, eager: true, ...options });
}

/** counts[item] += step, who[item] = thread; `work` rounds of arithmetic an item. */
export const count = program(
  'count',
  { counts: 'i32', who: 'i32', step: 'i32', work: 'i32' },
  (fn, a, { from, to, thread }) => {
    fn.range('item', from, to, 1, (item) => {
      const spin = fn.i32('spin', item);
      fn.times(a.work, () => fn.set(spin, spin.mul(1664525).add(1013904223)));
      const place = fn.i32('place', a.counts.add(item.mul(4)));
      // The rounds add nothing, but the compiler cannot know that.
      fn.store(place, loadI32(place).add(a.step).add(spin.and(1).shr(1)));
      fn.store(a.who.add(item.mul(4)), thread);
    });
  },
);

/** y[item] = max(x[item] * scale + shift, 0), four floats an item. */
export const scale = program('scale', { x: 'i32', y: 'i32', scale: 'f32', shift: 'f32' }, (fn, a, { from, to }) => {
  fn.range('item', from, to, 1, (item) => {
    const value = fn.madd(load(a.x.add(item.mul(16))), splat(a.scale), splat(a.shift));
    fn.store(a.y.add(item.mul(16)), value.max(splat(0)));
  });
});

/** y[item, 4] = sum over k of x[item, k] * w[k, 4]: the inner loop of a matrix product. */
export const product = program('product', { x: 'i32', w: 'i32', y: 'i32', length: 'i32' }, (fn, a, { from, to }) => {
  fn.range('item', from, to, 1, (item) => {
    const sum = fn.v128('sum', splat(0));
    const x = fn.i32('x', a.x.add(item.mul(a.length).mul(4)));
    const w = fn.i32('w', a.w);
    fn.times(a.length, () => {
      fn.set(sum, fn.madd(loadSplat(x), load(w), sum));
      fn.advance(x, 4);
      fn.advance(w, 16);
    });
    fn.store(a.y.add(item.mul(16)), sum);
  });
});

/** Reads far outside the memory, in every thread but the caller's. */
export const trap = program('trap', { y: 'i32' }, (fn, a, { thread }) => {
  fn.if(thread.gt(0), () => fn.store(a.y, loadI32(thread.mul(-16))));
});

/** Launches `count` until all threads have taken part, or the time is over. Returns the numbers of those that have. */
export async function collectThreads(device: WasmDevice, wanted: number, ms = 20_000): Promise<number[]> {
  const items = 64;
  const counts = device.alloc(4 * items);
  const who = device.alloc(4 * items);
  const seen = new Set<number>();
  const end = performance.now() + ms;
  while (seen.size < wanted && performance.now() < end) {
    device.launch(count, { counts, who, step: 1, work: 5000 }, { items, cost: 1e9 });
    for (const thread of device.ints(who, items)) seen.add(thread);
    await pause(1);
  }
  device.free(counts);
  device.free(who);
  return [...seen].sort((a, b) => a - b);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
