// Writes attribute messages (File Format Specification IV.A.2.m, version 3), and splits long lists of names as Keras
// does.

import { encodeText } from '../../core/text.js';
import { checkFile } from '../kerasFileError.js';
import { Fields } from './writeFields.js';
import { dataspace, fixedStringType, numberType, variableStringType, type WriteDtype } from './writeTypes.js';

/**
 * The value of an attribute. A string is written as UTF-8 text, whole numbers as int64, other numbers as float64, a
 * list with one dimension, and [] as numbers, as h5py does.
 */
export type WriteAttribute =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | Float32Array
  | Float64Array
  | Int32Array;

export type WriteAttributes = Readonly<Record<string, WriteAttribute>>;

interface TextHeap {
  element(text: string): Uint8Array;
}

const WHERE = 'writeHdf5';
const LIST_LIMIT = 64_512; // Keras splits lists of more bytes
const ELEMENT_BYTES = 16; // a reference to a text of variable length
const UTF8 = 1;

/** The messages of all attributes of a group or dataset. */
export function attributeMessages(attributes: WriteAttributes, heap: TextHeap): Fields[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (isTextList(value)) return textListMessages(name, value, heap);
    return [message(name, ...encode(name, value, heap))];
  });
}

type Encoded = readonly [type: Uint8Array, shape: readonly number[], data: Uint8Array];

function encode(name: string, value: Exclude<WriteAttribute, readonly string[]>, heap: TextHeap): Encoded {
  if (typeof value === 'string') return [variableStringType(), [], heap.element(value)];
  if (typeof value === 'boolean') return [numberType('bool'), [], Uint8Array.of(value ? 1 : 0)];
  if (typeof value === 'number') return encodeNumbers([value], []);
  if (Array.isArray(value)) {
    const numbers = value.every((item) => typeof item === 'number');
    checkFile(numbers, WHERE, 'an attribute must be text, a number, or a list of one of them', { name });
    return encodeNumbers(value, [value.length]);
  }
  const types: readonly (readonly [WriteDtype, boolean])[] = [
    ['float32', value instanceof Float32Array],
    ['float64', value instanceof Float64Array],
    ['int32', value instanceof Int32Array],
  ];
  const found = types.find(([, fits]) => fits);
  checkFile(found !== undefined, WHERE, 'an attribute must be text, a number, or a list of one of them', { name });
  const { buffer, byteOffset, byteLength, length } = value as Float32Array;
  return [numberType(found[0]), [length], new Uint8Array(buffer, byteOffset, byteLength)];
}

function encodeNumbers(values: readonly number[], shape: readonly number[]): Encoded {
  const whole = values.length > 0 && values.every((value) => Number.isSafeInteger(value) && !Object.is(value, -0));
  const data = whole ? BigInt64Array.from(values, BigInt) : Float64Array.from(values);
  return [numberType(whole ? 'int64' : 'float64'), shape, new Uint8Array(data.buffer)];
}

/**
 * A list of texts. Above the limit it becomes `name0`, `name1`, …, each below the limit, with texts of one fixed
 * length.
 */
function textListMessages(name: string, texts: readonly string[], heap: TextHeap): Fields[] {
  const encoded = texts.map(encodeText);
  const width = Math.max(1, ...encoded.map((bytes) => bytes.length));
  checkFile(width <= LIST_LIMIT, WHERE, `a name may have ${LIST_LIMIT} bytes at most`, { name, bytes: width });
  if (texts.length * Math.max(width, ELEMENT_BYTES) <= LIST_LIMIT) {
    const elements = new Fields();
    for (const text of texts) elements.raw(heap.element(text));
    return [message(name, variableStringType(), [texts.length], elements.done())];
  }
  const parts = Math.max(2, Math.ceil(texts.length / Math.floor(LIST_LIMIT / width)));
  const messages: Fields[] = [];
  for (let part = 0; part < parts; part++) {
    const own = encoded.slice((part * texts.length) / parts, ((part + 1) * texts.length) / parts);
    const data = new Uint8Array(own.length * width);
    for (const [i, bytes] of own.entries()) data.set(bytes, i * width);
    messages.push(message(`${name}${part}`, fixedStringType(width), [own.length], data));
  }
  return messages;
}

function message(name: string, type: Uint8Array, shape: readonly number[], data: Uint8Array): Fields {
  checkFile(name !== '' && !name.includes('\0'), WHERE, 'the name of an attribute must be plain', { name });
  const space = dataspace(shape);
  const bytes = encodeText(`${name}\0`);
  const fields = new Fields().u8(3, 0).u16(bytes.length).u16(type.length).u16(space.length).u8(UTF8);
  return fields.raw(bytes).raw(type).raw(space).raw(data);
}

function isTextList(value: WriteAttribute): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}
