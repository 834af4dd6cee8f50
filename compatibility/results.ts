// The rows of docs/compatibility.json. They are written after each one, so that an interrupted run loses no finished
// row.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Stored, writeDocument } from './document.js';
import { replaceFile } from './replaceFile.js';
import type { Environment, Row, RowKey } from './rows.js';

export class Results {
  #environments: Environment[] = [];
  readonly #current: number;
  readonly #rows = new Map<string, Row>();
  readonly #file?: string;

  /** @param file The JSON file, which is continued if it exists. Undefined: nothing is written. */
  constructor(environment: Environment, file?: string) {
    this.#file = file;
    if (file !== undefined && existsSync(file)) {
      const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored;
      this.#environments = [...stored.environments];
      for (const row of stored.rows) this.#rows.set(keyOf(row), row);
    }
    const same = this.#environments.findIndex((known) => JSON.stringify(known) === JSON.stringify(environment));
    this.#current = same >= 0 ? same : this.#environments.push(environment) - 1;
  }

  /** Whether there is such a row without an error, from these versions and this machine. */
  has(key: RowKey): boolean {
    const row = this.#rows.get(keyOf(key));
    return row !== undefined && row.error === undefined && row.environment === this.#current;
  }

  put(row: Omit<Row, 'environment'>): void {
    this.#rows.set(keyOf(row), { ...row, environment: this.#current });
    if (this.#file === undefined) return;
    mkdirSync(dirname(this.#file), { recursive: true });
    const { environments, rows } = this.#used();
    replaceFile(this.#file, `${JSON.stringify({ environments, rows }, shorten, 1)}\n`);
    writeDocument(this.#file);
  }

  /** The rows, and the environments that any row is from. */
  #used(): Stored {
    const rows = [...this.#rows.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b), 'en', { numeric: true }));
    const indices = [...new Set(rows.map((row) => row.environment))].sort((a, b) => a - b);
    return {
      environments: indices.map((index) => this.#environments[index]),
      rows: rows.map((row) => ({ ...row, environment: indices.indexOf(row.environment) })),
    };
  }
}

function keyOf({ architecture, direction, format, backend }: RowKey): string {
  return [architecture, direction, backend, format].join(' ');
}

/** Rounds to four digits; more would be noise. */
function shorten(key: string, value: unknown): unknown {
  const isExact = key === 'parameters' || key === 'environment' || !Number.isFinite(value);
  return isExact ? value : Number((value as number).toPrecision(4));
}
