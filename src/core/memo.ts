// Remembers results by the values of their arguments. A network asks for the same few dozen again and again, and a key
// of text takes longer to write than a small layer takes to compute.

interface Entry<T> {
  readonly args: readonly unknown[];
  readonly value: T;
}

/** A network has some dozens; a program that varies its sizes without end must not fill the memory. */
const most = 4096;

/** Equal arguments give the same result. Arguments are plain values and arrays of them, nested as need be. */
export class Memo<T> {
  readonly #entries = new Map<number, Entry<T>[]>();
  #count = 0;

  get(args: readonly unknown[], make: () => T): T {
    const hash = hashOf(args);
    const alike = this.#entries.get(hash);
    if (alike) for (const entry of alike) if (isSame(entry.args, args)) return entry.value;
    const value = make();
    if (this.#count >= most) {
      this.#entries.clear();
      this.#count = 0;
    }
    this.#count++;
    const entry = { args: copyOf(args), value };
    this.#entries.set(hash, [...(this.#entries.get(hash) ?? []), entry]);
    return value;
  }
}

function hashOf(values: readonly unknown[]): number {
  let hash = values.length;
  for (const value of values) {
    // Texts and the like are few, and compared anyway.
    const part = Array.isArray(value) ? hashOf(value) : typeof value === 'number' ? value : 0;
    hash = (Math.imul(hash, 31) + part) | 0;
  }
  return hash;
}

/** NaN is never the same, so what depends on one is worked out again. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!isSame(a[i], b[i])) return false;
  return true;
}

/** A copy, since the caller may change its arrays later. */
function copyOf<A>(value: A): A {
  return Array.isArray(value) ? (value.map(copyOf) as A) : value;
}
