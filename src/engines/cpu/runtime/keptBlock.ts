// Memory that outlives a call and is no tensor: packed weights and tables. Its address is valid until the kernel ends.

import type { Owner } from './heapBlock.js';
import type { Recording } from './recording.js';

/** What keeps the blocks: the device. */
interface Keeper {
  readonly kept: Map<number, number>;
  readonly guards: Map<number, unknown>;
  readonly recording?: Recording;
}

export class KeptBlock implements Owner {
  private place = 0;

  constructor(
    private readonly device: Keeper,
    readonly bytes: number,
  ) {}

  get address(): number {
    return this.place;
  }

  set address(to: number) {
    const { kept } = this.device;
    kept.delete(this.place);
    kept.set(to, this.bytes);
    this.place = to;
  }

  /** Whether a captured model may replay what has the address. */
  get isPinned(): boolean {
    return this.device.recording !== undefined || this.device.guards.has(this.place);
  }
}
