// Tables of integers in the device's memory, built once per geometry: a network asks for the same ones in every prediction.

import type { Device } from '../device.js';

/** Beyond this the least recently used go. */
const budgetBytes = 8 * 2 ** 20;

interface Table {
  readonly address: number;
  readonly bytes: number;
}

export class TableCache {
  /** Least recently used first. */
  private readonly tables = new Map<string, Table>();
  private bytes = 0;

  constructor(private readonly device: Device) {}

  /**
   * The address of a table; true until the call after the next one, so a kernel may hold two at a time.
   *
   * @param key Says everything that the content follows from.
   */
  get(key: string, make: () => Int32Array): number {
    const known = this.tables.get(key);
    if (known) {
      this.tables.delete(key);
      this.tables.set(key, known);
      return known.address;
    }
    const values = make();
    const table = { address: this.device.alloc(values.byteLength), bytes: values.byteLength };
    this.device.ints(table.address, values.length).set(values);
    this.tables.set(key, table);
    this.bytes += table.bytes;
    this.evict();
    return table.address;
  }

  private evict(): void {
    for (const [key, { address, bytes }] of this.tables) {
      if (this.bytes <= budgetBytes || this.tables.size <= 4) return;
      this.tables.delete(key);
      this.device.free(address);
      this.bytes -= bytes;
    }
  }
}
