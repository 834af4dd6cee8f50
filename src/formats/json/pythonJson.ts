// Reads and writes JSON as Python's `json` module does, where NaN, Infinity and -Infinity are numbers. JSON.parse reads
// text without them. Only if it refuses the text does the slower reader of jsonText.ts run, which also finds the place
// of a fault. Keys that could change the prototype of an object that the result is copied into are refused.

import type { Json } from '../../core/json.js';
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

/** Checks the depth and keys of a value, without recursion: JSON.parse sets no limit to the depth. */
function checkTree(value: Json, maxDepth: number, where: string): void {
  const pending: [Json, number][] = [[value, 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, depth] = next;
    if (typeof node !== 'object' || node === null) continue;
    checkFile(depth <= maxDepth, where, `values may be nested ${maxDepth} deep at most`, { depth });
    if (!Array.isArray(node)) {
      const bad = Object.keys(node).find((key) => FORBIDDEN_KEYS.has(key));
      checkFile(bad === undefined, where, 'this key is not allowed', { key: bad });
    }
    for (const child of Object.values(node)) {
      if (typeof child === 'object' && child !== null) pending.push([child, depth + 1]);
    }
  }
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
