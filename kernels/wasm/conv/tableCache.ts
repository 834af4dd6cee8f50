// Tables of integers in the device's memory, which plans (plans.ts) with equal keys share.

import type { Device } from '../device.js';

interface Table {
  readonly address: number;
  readonly bytes: number;
  users: number;
}

export class TableCache {
  private readonly tables = new Map<string, Table>();
  /** Bytes of all tables. */
  bytes = 0;

  constructor(private readonly device: Device) {}

  /**
   * The address of a table, valid until release(key).
   *
   * @param key Determines the content.
   */
  acquire(key: string, make: () => Int32Array): number {
    const table = this.tables.get(key) ?? this.add(key, make());
    table.users++;
    return table.address;
  }

  release(key: string): void {
    const table = this.tables.get(key) as Table;
    table.users--;
    if (table.users > 0) return;
    this.tables.delete(key);
    this.device.free(table.address);
    this.bytes -= table.bytes;
  }

  private add(key: string, values: Int32Array): Table {
    const table = { address: this.device.alloc(values.byteLength, 'long'), bytes: values.byteLength, users: 0 };
    this.device.ints(table.address, values.length).set(values);
    this.tables.set(key, table);
    this.bytes += table.bytes;
    return table;
  }
}
