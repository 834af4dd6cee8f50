// Tables of integers in the device's memory, which plans (plans.ts) with equal keys share.

import type { Device, Kept } from '../device.js';

interface Table {
  readonly block: Kept;
  readonly bytes: number;
  users: number;
}

export class TableCache {
  private readonly tables = new Map<string, Table>();
  /** Bytes of all tables. */
  bytes = 0;

  constructor(private readonly device: Device) {}

  /**
   * A table, valid until release(key).
   *
   * @param key Determines the content.
   */
  acquire(key: string, make: () => Int32Array): Kept {
    const table = this.tables.get(key) ?? this.add(key, make());
    table.users++;
    return table.block;
  }

  release(key: string): void {
    const table = this.tables.get(key) as Table;
    table.users--;
    if (table.users > 0) return;
    this.tables.delete(key);
    this.device.free(table.block.address);
    this.bytes -= table.bytes;
  }

  private add(key: string, values: Int32Array): Table {
    const table = { block: this.device.keep(values.byteLength), bytes: values.byteLength, users: 0 };
    this.device.ints(table.block.address, values.length).set(values);
    this.tables.set(key, table);
    this.bytes += table.bytes;
    return table;
  }
}
