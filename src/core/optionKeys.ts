// Names of options. TypeScript finds a misspelled one in a literal; in JavaScript it would be ignored without a word.

import { show } from './errors.js';

/** All options of an interface: the compiler asks for each. */
export type OptionKeys<T> = { readonly [K in keyof Required<T>]: true };

/** @throws Error for an option that is not among `known`, unless its value is undefined or null. */
export function checkOptionKeys(where: string, options: object | null | undefined, known: object): void {
  if (options != null && typeof options !== 'object')
    throw new Error(`${where}: the options must be an object; received ${shown(options)}`);
  for (const [key, value] of Object.entries(options ?? {})) {
    if (value == null || Object.hasOwn(known, key)) continue;
    const names = Object.keys(known);
    throw new Error(
      `${where}: unknown option. ${hintFor(key, names)}The options are ${names.join(', ')}; received ${key}=${shown(value)}`,
    );
  }
}

/** The name that was probably meant, as a sentence with a space behind it; '' if none is near. */
export function hintFor(key: string, names: readonly string[]): string {
  const plain = (name: string) => name.replace(/_/g, '').toLowerCase();
  const near = names.find((name) => plain(name) === plain(key) || isNear(plain(name), plain(key)));
  return near ? `Did you mean ${near}? ` : '';
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'an object' : typeof value === 'function' ? 'a function' : show(value);
}

/** Whether one letter is missing, added or another, or two have changed places. */
function isNear(a: string, b: string): boolean {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  const [x, y] = [a.slice(start), b.slice(start)];
  const isSwapped = x.length > 1 && y.length > 1 && x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2);
  return x.slice(1) === y.slice(1) || x.slice(1) === y || x === y.slice(1) || isSwapped;
}
