// Reads and writes JSON as Python's `json` module does, where NaN, Infinity and -Infinity are numbers. JSON.parse reads
// text without them. Only if it refuses the text does the slower reader of jsonText.ts run, which also finds the place
// of a fault. Keys that could change the prototype of an object that the result is copied into are refused.

import { isJsonArray, type Json, type JsonArray, type JsonObject } from '../../core/json.js';
import { checkFile, fileError } from '../kerasFileError.js';
import { PythonFloat, rememberFloats } from './floats.js';
import { readJsonText } from './jsonText.js';

export interface JsonLimits {
  /** The deepest nesting of arrays and objects. Default 512. */
  readonly maxDepth?: number;
  /** The largest number of characters. Default 2^28. */
  readonly maxLength?: number;
  /** The name of the text in messages. Default 'JSON'. */
  readonly where?: string;
}

const MAX_DEPTH = 512;
const MAX_LENGTH = 2 ** 28;
const MAX_NESTED = 2 ** 20;
const [QUOTE, BACKSLASH, LIST, DICTIONARY] = ['"', '\\', '[', '{'].map((character) => character.charCodeAt(0));
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The value of a JSON text.
 * @throws KerasFileError with the position of a fault, and for text beyond the limits.
 */
export function parsePythonJson(text: string, limits: JsonLimits = {}): Json {
  const { maxDepth = MAX_DEPTH, maxLength = MAX_LENGTH, where = 'JSON' } = limits;
  checkFile(text.length <= maxLength, where, `the text must not be longer than ${maxLength} characters`, {
    length: text.length,
  });
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text; // byte order mark
  checkCount(body, where);
  let value: Json;
  try {
    value = JSON.parse(body);
  } catch {
    value = readJsonText(body, maxDepth, where);
  }
  checkTree(value, maxDepth, where);
  rememberFloats(body, value);
  return value;
}

/** The text that Python's `json.dumps` gives for the value, where a PythonFloat is a float. */
export function writePythonJson(value: unknown): string {
  return write(value, 0);
}

/** Checks the number of lists and dictionaries before they are made: an empty one is two characters and 56 bytes. */
function checkCount(text: string, where: string): void {
  if (text.length < 2 * MAX_NESTED) return;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === LIST || code === DICTIONARY) count++;
  }
  checkFile(count <= MAX_NESTED, where, `there may be ${MAX_NESTED} lists and dictionaries at most`, { count });
}

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text.charCodeAt(end) !== QUOTE) end += text.charCodeAt(end) === BACKSLASH ? 2 : 1;
  return end;
}

/** Checks the depth and keys of a value, level by level: JSON.parse sets no limit to the depth. */
function checkTree(value: Json, maxDepth: number, where: string): void {
  let level = [value].filter(isNested);
  for (let depth = 1; level.length > 0; depth++) {
    checkFile(depth <= maxDepth, where, `values may be nested ${maxDepth} deep at most`, { depth });
    const below: (JsonArray | JsonObject)[] = [];
    for (const node of level) {
      const bad = isJsonArray(node) ? undefined : Object.keys(node).find((key) => FORBIDDEN_KEYS.has(key));
      checkFile(bad === undefined, where, 'this key is not allowed', { key: bad });
      for (const child of isJsonArray(node) ? node : Object.values(node)) if (isNested(child)) below.push(child);
    }
    level = below;
  }
}

function isNested(value: Json): value is JsonArray | JsonObject {
  return typeof value === 'object' && value !== null;
}

function write(value: unknown, depth: number): string {
  checkFile(depth <= MAX_DEPTH, 'writePythonJson', `values may be nested ${MAX_DEPTH} deep at most`, { depth });
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'string') return writeString(value);
  if (value instanceof PythonFloat) return writeFloat(value.value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([key, member]) => `${writeString(key)}: ${write(member, depth + 1)}`).join(', ')}}`;
  }
  throw fileError('writePythonJson', 'must be null, a boolean, number, string, array or object', {
    type: typeof value,
  });
}

function writeNumber(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value); // NaN and Infinity read the same in both languages
}

function writeFloat(value: number): string {
  const text = writeNumber(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function writeString(text: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
}
