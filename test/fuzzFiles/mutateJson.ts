// Changes a JSON value as somebody would who knows the formats: values of another type, numbers that are huge, negative or
// no numbers, lists that are longer or shorter, parts that are exchanged, repeated, nested or gone.

import type { Json } from '../../src/core/json.js';
import { kerasLayerClasses } from '../../src/layers/allLayers.js';
import { opTable } from '../../src/layers/ops/opTable.js';
import type { Choice } from './random.js';

type Node = { [key: string]: Open } | Open[];
type Open = null | boolean | number | string | Open[] | { [key: string]: Open };

const numbers = [0, -1, 1, 2, 3, 7, 0.5, -0.5, 1e3, 1e6, 1e9, 1e12, 2 ** 31, 2 ** 32, 2 ** 53, -1e9, 1e308];
const noNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const texts = [
  '',
  'same',
  'relu',
  'linear',
  'channels_first',
  'float16',
  'int32',
  'bool',
  'string',
  '../x',
  'a/b',
  'ü',
];
const classNames = [...kerasLayerClasses.map(({ className }) => className), ...Object.keys(opTable)];
const otherClasses = [
  'InputLayer',
  'Functional',
  'Sequential',
  'Model',
  'Lambda',
  'KerasOp',
  'constructor',
  'toString',
];
const LONG = 200_000;
const LONGEST = 4_000_000;

/** A changed copy, as JSON text in Python's spelling. */
export function mutateJson(value: Json, random: Choice): string {
  const root = copyOf(value as Open);
  const holder: { [key: string]: Open } = { root };
  for (let count = 1 + random.below(random.chance(0.2) ? 6 : 2); count > 0; count--) change(holder, random);
  return pythonText(holder.root);
}

interface Place {
  readonly node: Node;
  readonly key: string;
}

function change(holder: { [key: string]: Open }, random: Choice): void {
  const places = placesIn(holder);
  if (places.length === 0) return; // nothing is left
  const { node, key } = chosen(places, random);
  const open = node as { [key: string]: Open };
  const old = open[key];
  switch (random.below(13)) {
    case 0:
      open[key] = random.pick(numbers);
      break;
    case 1:
      open[key] = typeof old === 'number' ? numberLike(old, random) : oddValue(random);
      break;
    case 2:
      open[key] = oddValue(random);
      break;
    case 3:
      if (Array.isArray(node)) node.splice(Number(key), 1);
      else delete node[key];
      break;
    case 4:
      open[key] = copyOf(valueAt(chosen(places, random)));
      break;
    case 5:
      open[key] = [copyOf(old), ...(random.chance(0.5) ? [copyOf(old)] : [])];
      break;
    case 6:
      if (Array.isArray(old)) open[key] = random.chance(0.5) ? [...old].reverse() : [...old, ...copyOf(old)];
      else open[key] = Array(3).fill(random.pick(numbers));
      break;
    case 7:
      if (Array.isArray(old)) open[key] = old.map((item) => (typeof item === 'number' ? random.pick(numbers) : item));
      else open[key] = [random.pick(numbers), random.pick(numbers)];
      break;
    case 8:
      if ('class_name' in open) open.class_name = random.pick(random.chance(0.8) ? classNames : otherClasses);
      else open[key] = random.pick(texts);
      break;
    case 9:
      if (Array.isArray(node)) node.push(copyOf(old));
      else node[random.pick([...texts, key.toUpperCase(), 'name', 'config', 'layer', 'cell'])] = copyOf(old);
      break;
    case 10:
      open[key] = nested(copyOf(old), random);
      break;
    case 11:
      open[key] = wrapped(old, random);
      break;
    default:
      if (typeof old === 'string') open[key] = longText(old, random);
      else open[key] = Array(1 + random.below(2000)).fill(old === undefined ? null : copyOf(old));
  }
}

/** All members of objects and lists, at most so many that a huge list does not hide the rest. */
function placesIn(root: Node): Place[] {
  const found: Place[] = [];
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined && found.length < 50_000; node = pending.pop()) {
    for (const [key, item] of Object.entries(node)) {
      found.push({ node, key });
      if (typeof item === 'object' && item !== null) pending.push(item);
    }
  }
  return found;
}

/** Half of the changes go to what a config says, where a change is most likely to be read. */
function chosen(places: readonly Place[], random: Choice): Place {
  let place = random.pick(places);
  for (let tries = 0; tries < 3 && /^(module|registered_name|name|dtype|trainable)$/.test(place.key); tries++) {
    place = random.pick(places);
  }
  return place;
}

function valueAt({ node, key }: Place): Open {
  return (node as { [key: string]: Open })[key];
}

function numberLike(old: number, random: Choice): number {
  return random.pick([old + 1, old - 1, -old, old * 2, old / 2, old * 1e6, old * 1e9, old + 0.5, ...noNumbers]);
}

function oddValue(random: Choice): Open {
  return copyOf(
    random.pick<Open>([
      null,
      true,
      false,
      [],
      {},
      [null],
      [[]],
      [[1, 2], 3],
      { class_name: 'Dense' },
      { class_name: 'Dense', config: null },
      { class_name: 'Zeros', config: { value: 1e9 } },
      [1e9, 1e9],
      [null, 1e9],
      [null, null, null, 1e6],
      [0, 0],
      ...numbers,
      ...noNumbers,
      ...texts,
    ]),
  );
}

function nested(value: Open, random: Choice): Open {
  const depth = random.pick([2, 30, 250, 700]);
  let result = value;
  for (let i = 0; i < depth; i++) result = random.chance(0.5) ? [result] : { config: result };
  return result;
}

/** Layers in wrappers in wrappers. */
function wrapped(value: Open, random: Choice): Open {
  const isLayer = typeof value === 'object' && value !== null && 'class_name' in value;
  if (!isLayer) return random.pick(numbers);
  let layer: Open = copyOf(value);
  for (let depth = random.pick([1, 2, 20, 60]); depth > 0; depth--) {
    const className = random.pick(['TimeDistributed', 'Bidirectional', 'RNN', 'SpectralNormalization', 'Sequential']);
    const config: Open =
      className === 'Sequential'
        ? { name: `s${depth}`, layers: [layer] }
        : { name: `w${depth}`, [className === 'RNN' ? 'cell' : 'layer']: layer };
    layer = { ...(value as object), class_name: className, config } as Open;
  }
  return layer;
}

function longText(text: string, random: Choice): string {
  const part = random.pick([text || 'x', '1', '_from_', '/', 'A', 'a_', '(', '->', ' ', '\u0000', '…', '\\u001b[31m']);
  return part.repeat(Math.ceil(LONG / part.length)).slice(0, LONG) + random.pick(['', '!', ':0', 'x']);
}

/** A deep copy that shares strings, which may be long, and has a part once that the value has more than once. */
function copyOf<T extends Open>(value: T, copies = new Map<Node, Node>()): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known) return known as T;
  const copy = (Array.isArray(value) ? [] : {}) as { [key: string]: Open };
  copies.set(value, copy);
  for (const [key, item] of Object.entries(value)) copy[key] = copyOf(item, copies);
  return copy as T;
}

class TooLong extends Error {}

/**
 * JSON with NaN and Infinity, cut at a length. Half an object stands for what is deeper than the stack allows: the time
 * and the memory of a case are for the loader.
 */
function pythonText(root: Open): string {
  const parts: string[] = [];
  let left = LONGEST;
  const write = (text: string): void => {
    parts.push(text);
    left -= text.length;
    if (left < 0) throw new TooLong();
  };
  const visit = (value: Open | undefined): void => {
    if (Array.isArray(value)) {
      write('[');
      value.forEach((item, i) => {
        if (i > 0) write(',');
        visit(item);
      });
      write(']');
    } else if (typeof value === 'object' && value !== null) {
      write('{');
      Object.entries(value).forEach(([key, item], i) => {
        write(`${i > 0 ? ',' : ''}${JSON.stringify(key)}:`);
        visit(item);
      });
      write('}');
    } else write(typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'null'));
  };
  try {
    visit(root);
  } catch (error) {
    if (!(error instanceof TooLong)) return '{"a": [';
  }
  return parts.join('').slice(0, LONGEST);
}
