// Plans: tables, sizes and launches that a kernel prepares once for a convolution, and reuses in every prediction.

import type { Kept as Table } from '../device.js';
import type { TableCache } from './tableCache.js';

/** Beyond these limits the oldest plans are dropped, with their tables. */
const maxPlans = 2048;
const maxTableBytes = 64 * 2 ** 20;

/** Returns a table that lives as long as the plan. Its address is asked for at each launch. */
export type Tables = (key: string, make: () => Int32Array) => Table;

interface Kept<P> {
  readonly plan: P;
  readonly tableKeys: readonly string[];
}

export class Plans {
  /** Plans by geometry (a name, or an object that stands for it), then by kernel and options; the oldest first. */
  private readonly kept = new Map<object | string, Map<object | string, Kept<unknown>>>();

  constructor(private readonly tables: TableCache) {}

  /** @param kind Names everything besides `geometry` that the plan depends on. */
  get<P>(geometry: object | string, kind: object | string, make: (tables: Tables) => P): P {
    const plans = this.kept.get(geometry) ?? new Map<object | string, Kept<unknown>>();
    const known = plans.get(kind) as Kept<P> | undefined;
    if (known) return known.plan;
    const tableKeys: string[] = [];
    const plan = make((key, values) => {
      const table = this.tables.acquire(key, values);
      tableKeys.push(key);
      return table;
    });
    plans.set(kind, { plan, tableKeys });
    this.kept.delete(geometry);
    this.kept.set(geometry, plans);
    this.evict(geometry);
    return plan;
  }

  /** First in, first out. A working set that does not fit would be planned again in each round by any rule. */
  private evict(newest: object | string): void {
    for (const [geometry, plans] of this.kept) {
      const isFull = this.kept.size > maxPlans || this.tables.bytes > maxTableBytes;
      if (!isFull || geometry === newest) return;
      this.kept.delete(geometry);
      for (const { tableKeys } of plans.values()) for (const key of tableKeys) this.tables.release(key);
    }
  }
}
