// Reads JSON text with Python's NaN, Infinity and -Infinity, which JSON.parse refuses: a recursive descent that names
// the position of a fault. It takes no other extension of JSON: no comments, no trailing commas, no single quotes.

import type { Json } from '../../core/json.js';
import { fileError } from '../kerasFileError.js';

const WORDS: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SHOWN = 20; // characters of the text in an error message

/**
 * The value of a JSON text.
 * @throws KerasFileError with the position of the first fault, or of the value that is nested deeper than `maxDepth`.
 */
export function readJsonText(text: string, maxDepth: number, where: string): Json {
  const reader = new JsonReader(text, maxDepth, where);
  const value = reader.value(0);
  reader.end();
  return value;
}

class JsonReader {
  #at = 0;

  constructor(
    readonly text: string,
    readonly maxDepth: number,
    readonly where: string,
  ) {}

  value(depth: number): Json {
    if (depth > this.maxDepth) this.#fail(`values may be nested ${this.maxDepth} deep at most`);
    this.#skipSpace();
    switch (this.text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.text.length) this.#fail('nothing may follow the value');
  }

  #object(depth: number): Json {
    const members: { [key: string]: Json } = {};
    this.#list('}', () => {
      this.#skipSpace();
      if (this.text[this.#at] !== '"') this.#fail('a key in double quotes is expected here');
      const key = this.#string();
      this.#skipSpace();
      if (this.text[this.#at] !== ':') this.#fail("':' is expected here");
      this.#at++;
      const value = this.value(depth + 1);
      // An assignment to '__proto__' would set the prototype. As a member the caller can see and refuse it.
      Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
    });
    return members;
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    this.#list(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  /** Reads from the opening bracket to the closing one, and calls `item` for each item between commas. */
  #list(close: string, item: () => void): void {
    this.#at++;
    this.#skipSpace();
    if (this.text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      this.#skipSpace();
      const mark = this.text[this.#at];
      if (mark !== ',' && mark !== close) this.#fail(`',' or '${close}' is expected here`);
      this.#at++;
      if (mark === close) return;
    }
  }

  #string(): string {
    let end = this.#at + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    try {
      const value: string = JSON.parse(this.text.slice(this.#at, end + 1)); // escapes and control characters
      this.#at = end + 1;
      return value;
    } catch {
      return this.#fail(
        end < this.text.length ? 'this string has a wrong escape or character' : 'this string has no end',
      );
    }
  }

  #word(): Json {
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.text);
    if (match === null) return this.#fail('a value is expected here');
    this.#at += match[0].length;
    return Number(match[0]);
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.text[this.#at] ?? '.')) this.#at++;
  }

  #fail(rule: string): never {
    const found = this.text.slice(this.#at, this.#at + SHOWN);
    throw fileError(this.where, rule, { position: this.#at, text: found === '' ? 'end of text' : found });
  }
}
