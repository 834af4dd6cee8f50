// What a kernel works out once for a convolution: tables, sizes, launches. A network asks for the same in every prediction.

import type { TableCache } from './tableCache.js';

/** Beyond these the oldest plans go, with their tables. */
const maxPlans = 2048;
const maxTableBytes = 64 * 2 ** 20;

/** Gives the address of a table that lives as long as the plan. */
export type Tables = (key: string, make: () => Int32Array) => number;

interface Kept<P> {
  readonly plan: P;
  readonly tableKeys: readonly string[];
}

export class Plans {
  /** By geometry (its name, or an object that stands for it), then by the kernel's name and options; oldest first. */
  private readonly kept = new Map<object | string, Map<string, Kept<unknown>>>();

  constructor(private readonly tables: TableCache) {}

  /** @param kind Says all that the plan follows from besides `geometry`. */
  get<P>(geometry: object | string, kind: string, make: (tables: Tables) => P): P {
    const plans = this.kept.get(geometry) ?? new Map<string, Kept<unknown>>();
    const known = plans.get(kind) as Kept<P> | undefined;
    if (known) return known.plan;
    const tableKeys: string[] = [];
    const plan = make((key, values) => {
      const address = this.tables.acquire(key, values);
      tableKeys.push(key);
      return address;
    });
    plans.set(kind, { plan, tableKeys });
    this.kept.delete(geometry);
    this.kept.set(geometry, plans);
    this.evict(geometry);
    return plan;
  }

  /** First in, first out: a working set that does not fit is planned anew in each round either way. */
  private evict(newest: object | string): void {
    for (const [geometry, plans] of this.kept) {
      const isFull = this.kept.size > maxPlans || this.tables.bytes > maxTableBytes;
      if (!isFull || geometry === newest) return;
      this.kept.delete(geometry);
      for (const { tableKeys } of plans.values()) for (const key of tableKeys) this.tables.release(key);
    }
  }
}
