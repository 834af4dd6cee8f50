// Memory that a kernel needs while it runs. It is given back in any case: a launch may throw, as may the next alloc.

import type { Device } from './device.js';

/** Calls `use` with the address of at least `bytes` bytes, which are not zeroed. They are free afterwards. */
export function withScratch<T>(device: Pick<Device, 'alloc' | 'free'>, bytes: number, use: (address: number) => T): T {
  const address = device.alloc(bytes);
  try {
    return use(address);
  } finally {
    device.free(address);
  }
}
