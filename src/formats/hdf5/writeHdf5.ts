// Writes HDF5 files that h5py, and so Keras, can read: superblock 2, groups with their links in the header, contiguous
// datasets, text of variable length (File Format Specification 3.0; the HDF5 library reads them since 1.8 of 2008). It
// writes children before their parents, since a link is an address.

import type { Bytes } from '../../core/bytes.js';
import { float32ToBfloat16, float32ToFloat16 } from '../../core/halves.js';
import { encodeText } from '../../core/text.js';
import { checkFile } from '../kerasFileError.js';
import { lookup3 } from './checksum.js';
import { STORED_AS } from './decodeValues.js';
import type { H5Numbers } from './h5Types.js';
import { attributeMessages, type WriteAttribute, type WriteAttributes } from './writeAttributes.js';
import { Fields, NOWHERE, Output } from './writeFields.js';
import { writeStrings } from './writeStrings.js';
import { dataspace, numberType, type WriteDtype } from './writeTypes.js';

export type { WriteAttribute, WriteAttributes } from './writeAttributes.js';
export type { WriteDtype } from './writeTypes.js';

export interface WriteDataset {
  readonly shape: readonly number[];
  readonly dtype: WriteDtype;
  /**
   * Row-major, in the array type of `dtype`. For float16 and bfloat16: a Float32Array to round, or a Uint16Array of
   * bits.
   */
  readonly data: H5Numbers;
  readonly attributes?: WriteAttributes;
}

/** A group. The name of a dataset may be a path (`conv/kernel:0`), whose groups are then added. */
export interface WriteGroup {
  readonly attributes?: WriteAttributes;
  readonly groups?: Readonly<Record<string, WriteGroup>>;
  readonly datasets?: Readonly<Record<string, WriteDataset>>;
}

const WHERE = 'writeHdf5';
const SUPERBLOCK_BYTES = 48;
const MAX_DEPTH = 256;
const MAX_MESSAGE = 65_535;
const MESSAGE = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  fillValue: 5,
  link: 6,
  layout: 8,
  groupInfo: 10,
  attribute: 12,
};

type Heap = ReturnType<typeof writeStrings>;

/**
 * The bytes of the file with this root group.
 * @throws KerasFileError for names and values that the format cannot hold.
 */
export function writeHdf5(tree: WriteGroup): Bytes {
  const root = nest(tree, 0);
  const output = new Output(SUPERBLOCK_BYTES);
  const texts = new Set<string>();
  collectTexts(root, texts);
  const rootAddress = writeGroup(root, output, writeStrings(texts, output));
  const superblock = new Fields().u8(0x89).text('HDF\r\n\x1a\n').u8(2, 8, 8, 0);
  superblock.u64(0).u64(NOWHERE).u64(output.end).u64(rootAddress);
  return output.finish(withChecksum(superblock));
}

/** A group whose names are no paths. */
interface Node {
  readonly attributes: WriteAttributes;
  readonly children: Map<string, Node | WriteDataset>;
}

function nest({ attributes = {}, groups = {}, datasets = {} }: WriteGroup, depth: number): Node {
  checkFile(depth < MAX_DEPTH, WHERE, `groups may be nested ${MAX_DEPTH} deep at most`, { depth });
  const node: Node = { attributes, children: new Map() };
  for (const [name, group] of Object.entries(groups)) addChild(node, name, nest(group, depth + 1), name);
  for (const [path, dataset] of Object.entries(datasets)) {
    const steps = path.split('/');
    const name = steps.pop() ?? '';
    addChild(descend(node, steps, path), name, dataset, path);
  }
  return node;
}

function descend(node: Node, steps: readonly string[], path: string): Node {
  let group = node;
  for (const step of steps) {
    let child = group.children.get(step);
    if (child === undefined) {
      child = { attributes: {}, children: new Map() };
      addChild(group, step, child, path);
    }
    checkFile('children' in child, WHERE, 'a dataset cannot hold another', { path });
    group = child;
  }
  return group;
}

function addChild({ children }: Node, name: string, child: Node | WriteDataset, path: string): void {
  const plain = name !== '' && name !== '.' && !/[/\0]/.test(name) && !children.has(name);
  checkFile(plain, WHERE, 'names must be plain and occur once', { path });
  children.set(name, child);
}

function collectTexts(node: Node | WriteDataset, texts: Set<string>): void {
  for (const value of Object.values(node.attributes ?? {})) {
    const list: readonly WriteAttribute[] = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
    for (const item of list) if (typeof item === 'string') texts.add(item);
  }
  if ('dtype' in node && node.dtype === 'bfloat16') texts.add('bfloat16');
  if ('children' in node) for (const child of node.children.values()) collectTexts(child, texts);
}

function writeGroup({ attributes, children }: Node, output: Output, heap: Heap): number {
  const header = new Header();
  header.message(MESSAGE.linkInfo, new Fields().u8(0, 0).u64(NOWHERE).u64(NOWHERE));
  header.message(MESSAGE.groupInfo, new Fields().u8(0, 0));
  for (const [name, child] of children) {
    const address = 'children' in child ? writeGroup(child, output, heap) : writeDataset(name, child, output, heap);
    const bytes = encodeText(name);
    const utf8 = 1;
    const flags = 0x11; // a character set follows, and a 16-bit length
    const link = new Fields().u8(1, flags, utf8).u16(bytes.length).raw(bytes).u64(address);
    header.message(MESSAGE.link, link);
  }
  for (const message of attributeMessages(attributes, heap)) header.message(MESSAGE.attribute, message);
  return output.add(header.done());
}

function writeDataset(name: string, dataset: WriteDataset, output: Output, heap: Heap): number {
  const { shape, dtype, attributes } = dataset;
  const count = shape.reduce((product, size) => product * size, 1);
  checkFile(dataset.data.length === count, WHERE, 'the data of a dataset must fit its shape', {
    name,
    shape,
    elements: dataset.data.length,
  });
  const bytes = storedBytes(name, dataset);
  const header = new Header();
  header.message(MESSAGE.dataspace, new Fields().raw(dataspace(shape)));
  header.message(MESSAGE.datatype, new Fields().raw(numberType(dtype)));
  header.message(MESSAGE.fillValue, new Fields().u8(3, 0x0a)); // allocated late; no fill value
  const address = bytes.length > 0 ? output.add(bytes) : NOWHERE;
  header.message(MESSAGE.layout, new Fields().u8(3, 1).u64(address).u64(bytes.length));
  const all = dtype === 'bfloat16' ? { dtype: 'bfloat16', ...attributes } : (attributes ?? {});
  for (const message of attributeMessages(all, heap)) header.message(MESSAGE.attribute, message);
  return output.add(header.done());
}

function storedBytes(name: string, { dtype, data }: WriteDataset): Uint8Array {
  const Type = dtype === 'bool' ? Uint8Array : STORED_AS[dtype];
  let stored = data;
  if (data instanceof Float32Array && dtype === 'float16') stored = float32ToFloat16(data);
  if (data instanceof Float32Array && dtype === 'bfloat16') stored = float32ToBfloat16(data);
  checkFile(stored instanceof Type, WHERE, `data of ${dtype} must be a ${Type.name}`, {
    name,
    type: data.constructor.name,
  });
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** An object header of version 2 (IV.A.1.b) with all messages in one block. */
class Header {
  readonly #messages = new Fields();

  message(type: number, body: Fields): void {
    checkFile(body.length <= MAX_MESSAGE, WHERE, `an attribute may have ${MAX_MESSAGE} bytes at most`, {
      bytes: body.length,
    });
    this.#messages.u8(type).u16(body.length).u8(0).raw(body.done());
  }

  done(): Uint8Array {
    const sizeHas4Bytes = 2;
    const header = new Fields().text('OHDR').u8(2, sizeHas4Bytes).u32(this.#messages.length);
    return withChecksum(header.raw(this.#messages.done()));
  }
}

function withChecksum(fields: Fields): Uint8Array {
  return fields.u32(lookup3(fields.done())).done();
}
