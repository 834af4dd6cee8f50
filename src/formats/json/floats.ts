// Which numbers of a JSON text were written as floats: 1.0, not 1. Python keeps the two apart, JavaScript's numbers do not.

import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';

/** A number that is written with a point. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Keys and positions of whole numbers that were written as floats, by the list or dictionary that holds them. */
const floats = new WeakMap<object, Set<string>>();

/** Whether the member `key` of a parsed list or dictionary is a whole number that was written as a float. */
export function isWrittenAsFloat(parent: object, key: string): boolean {
  return floats.get(parent)?.has(key) ?? false;
}

/** Strings, so that numbers in them are passed over, and numbers. */
const token = /"(?:[^"\\]|\\.)*"|-?(?:\d[\d.eE+-]*|Infinity\b)|\bNaN\b/g;

/**
 * Remembers the floats of a text beside what it was parsed to. Numbers stand in the tree in the order of the text, except where a
 * key was written twice or looks like a number: then nothing is remembered.
 */
export function rememberFloats(text: string, value: Json): void {
  const numbers = (text.match(token) ?? []).filter((found) => found[0] !== '"');
  const found: [parent: object, key: string][] = [];
  let at = 0;
  let isInOrder = true;
  const visit = (parent: Json): void => {
    if (!isJsonArray(parent) && !isJsonObject(parent)) return;
    for (const [key, child] of Object.entries(parent)) {
      isInOrder &&= isJsonArray(parent) || !/^\d+$/.test(key);
      if (typeof child !== 'number') visit(child);
      else {
        const written = numbers[at++];
        isInOrder &&= Object.is(Number(written), child);
        if (Number.isInteger(child) && /[.eE]/.test(written ?? '')) found.push([parent, key]);
      }
    }
  };
  visit(value);
  if (!isInOrder || at !== numbers.length) return;
  for (const [parent, key] of found) floats.set(parent, (floats.get(parent) ?? new Set()).add(key));
}

/** Keys of optimizers and metrics that must look like floats to Keras, where nothing else is known. */
const floatKeys: ReadonlySet<string> = new Set(['learning_rate', 'momentum', 'beta', 'threshold']);

/**
 * The value to write in place of one that was read: whole numbers that the text had as floats become floats again, where they
 * have not changed. The lists `layers` are compared by the names of the layers.
 */
export function withFloats(value: unknown, read?: Json): unknown {
  if (Array.isArray(value)) {
    const before = isJsonArray(read) ? read : [];
    const named = new Map(before.flatMap((item) => (nameOf(item) === undefined ? [] : [[nameOf(item), item]])));
    return value.map((item, i) =>
      typeof item === 'number'
        ? numberOf(item, String(i), read)
        : withFloats(item, named.get(nameOf(item as Json)) ?? before[i]),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const before = isJsonObject(read) ? read : {};
  const members = Object.entries(value).map(([key, item]) => [
    key,
    typeof item === 'number' ? numberOf(item, key, read) : withFloats(item, before[key]),
  ]);
  return Object.fromEntries(members);
}

/** The name of a layer's object. */
function nameOf(item: Json): Json | undefined {
  if (!isJsonObject(item)) return undefined;
  return isJsonObject(item.config) ? item.config.name : undefined;
}

function numberOf(value: number, key: string, read: Json | undefined): number | PythonFloat {
  if (!Number.isInteger(value)) return value;
  const isKnown = typeof read === 'object' && read !== null && Object.is((read as Record<string, Json>)[key], value);
  const isFloat = isKnown ? isWrittenAsFloat(read, key) : floatKeys.has(key);
  return isFloat ? new PythonFloat(value) : value;
}
