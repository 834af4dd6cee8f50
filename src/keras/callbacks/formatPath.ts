// Values in a path, as Python's str.format writes them: {epoch:02d}, {val_loss:.2f}.
// Source: https://docs.python.org/3/library/string.html#formatspec

import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';
import { fixedText, generalText, plainText, scientificText } from './pythonNumbers.js';

type FormatValues = Readonly<Record<string, number | readonly number[]>>;

/** Values that are integers in Python. */
const INTEGERS: readonly string[] = ['epoch', 'batch'];

const RADIXES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

/** @throws ValueError for a name without a value, and for a form that Python does not have. */
export function formatPath(path: string, values: FormatValues): string {
  return path.replace(/\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}|[{}]/g, (found, name?: string, form = '') => {
    if (found === '{{' || found === '}}') return found[0];
    const value = name === undefined ? undefined : values[name];
    if (typeof value !== 'number') {
      const missing = name === undefined ? `a single '${found}'` : `no number '${name}'`;
      return refuse(path, `${missing} among ${Object.keys(values).join(', ')}`);
    }
    return formatNumber(value, form as string, INTEGERS.includes(name as string), path);
  });
}

function refuse(path: string, what: string): never {
  throw new KerasValueError(`Failed to format this callback filepath: ${showValue(path)}. Received: ${what}`);
}

const FORM = /^(?:(.)?([<>=^]))?([+\- ]?)(z?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([bcdeEfFgGnoxX%]?)$/u;

function formatNumber(value: number, form: string, isInteger: boolean, path: string): string {
  const match = FORM.exec(form);
  if (!match) return refuse(path, `the form '${form}'`);
  const [, fillBefore, alignBefore, sign, z, alternate, zero, width, separator, digits, type] = match;
  const isWhole = 'bcdoxX'.includes(type) && type !== '';
  const isCounted = type === '' && isInteger; // an integer without a type is written as one
  const radix = RADIXES[type];
  const isUnfit =
    (isWhole && (!isInteger || digits !== undefined)) ||
    (radix !== undefined && separator === ',') ||
    (alternate !== '' && !isWhole && !isCounted); // '#' with fractions is not known here
  if (isUnfit || (isCounted && digits !== undefined)) return refuse(path, `the form '${form}' for ${value}`);
  const align = alignBefore ?? (zero ? '=' : '>');
  const fill = fillBefore ?? (zero ? '0' : ' ');
  const precision = digits === undefined ? undefined : Number(digits);
  const isNegative = value < 0 || (Object.is(value, -0) && !z && !isCounted && !isWhole);
  const body = bodyOf(Math.abs(value), isWhole || isCounted ? type || 'd' : type, precision, alternate !== '');
  const front = (isNegative ? '-' : sign === '-' ? '' : sign) + body.prefix;
  const room = Number(width) - front.length;
  const fills = align === '=' && fill === '0' ? room : 0; // zeros are grouped too
  const isGrouped = separator !== '' && Number.isFinite(value);
  const text = isGrouped ? grouped(body.text, { separator, size: radix ? 4 : 3, width: fills }) : body.text;
  return padded(front, text, { align, fill, width: Number(width) });
}

interface Body {
  readonly prefix: string;
  readonly text: string;
}

/** A number that is not negative, without its sign. */
function bodyOf(value: number, type: string, precision: number | undefined, isAlternate: boolean): Body {
  const plain = (text: string): Body => ({ prefix: '', text });
  if (!Number.isFinite(value)) {
    const text = (Number.isNaN(value) ? 'nan' : 'inf') + (type === '%' ? '%' : '');
    return plain('EFG'.includes(type) && type !== '' ? text.toUpperCase() : text);
  }
  const radix = RADIXES[type];
  if (radix) {
    const text = value.toString(radix);
    return { prefix: isAlternate ? `0${type}` : '', text: type === 'X' ? text.toUpperCase() : text };
  }
  if (type === 'c') return plain(String.fromCodePoint(value));
  if (type === 'd') return plain(String(value));
  if (type === 'f' || type === 'F') return plain(fixedText(value, precision ?? 6));
  if (type === '%') return plain(`${fixedText(value * 100, precision ?? 6)}%`);
  if (type === 'e') return plain(scientificText(value, precision ?? 6));
  if (type === 'E') return plain(scientificText(value, precision ?? 6).toUpperCase());
  if (type === '') return plain(plainText(value, precision));
  const text = generalText(value, precision ?? 6);
  return plain(type === 'G' ? text.toUpperCase() : text);
}

interface Groups {
  readonly separator: string;
  readonly size: number;
  /** Zeros are put before the digits up to this width. */
  readonly width: number;
}

/** Separators between groups of the digits before the point. */
function grouped(text: string, { separator, size, width }: Groups): string {
  const pattern = size === 4 ? /^(.*)()$/ : /^(\d*)(.*)$/;
  const [, whole, rest] = pattern.exec(text) as unknown as [string, string, string];
  let digits = whole;
  const split = (of: string) => of.replace(new RegExp(`\\B(?=(.{${size}})+$)`, 'g'), separator);
  while (split(digits).length + rest.length < width) digits = `0${digits}`;
  return split(digits) + rest;
}

interface Padding {
  readonly align: string;
  readonly fill: string;
  readonly width: number;
}

function padded(front: string, text: string, { align, fill, width }: Padding): string {
  const room = Math.max(0, width - front.length - text.length);
  if (align === '=') return front + fill.repeat(room) + text;
  const before = align === '<' ? 0 : align === '^' ? Math.floor(room / 2) : room;
  return fill.repeat(before) + front + text + fill.repeat(room - before);
}
