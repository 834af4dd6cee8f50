// A dataset. Shape and type are read at once, values on request.

import { checkFile, fileError } from '../kerasFileError.js';
import { checkRatio, readChunks } from './chunks.js';
import { type Dataspace, type Datatype, readDataspace, readDatatype } from './datatype.js';
import { bfloat16ToFloat32, decodeNumbers, decodeStrings, describe, viewAs } from './decodeValues.js';
import { FileBytes, WHERE } from './fileBytes.js';
import { readFilters } from './filters.js';
import type { GlobalHeap } from './globalHeap.js';
import type { H5Attributes, H5Dataset, H5Dtype, H5Numbers } from './h5Types.js';
import { readFillValue, readLayout } from './layout.js';
import { findMessage, MESSAGE, type Message } from './objectHeader.js';

export interface DatasetParts {
  readonly file: FileBytes;
  readonly heap: GlobalHeap;
  readonly messages: readonly Message[];
  readonly attributes: H5Attributes;
  readonly path: string;
  readonly maxBytes: number;
}

/** Whether these are the messages of a dataset. */
export function isDataset(messages: readonly Message[]): boolean {
  return messages.some(({ type }) => type === MESSAGE.layout);
}

/** Opens the dataset that has these messages. */
export function openDataset(parts: DatasetParts): H5Dataset {
  const { file, messages, path, attributes, heap } = parts;
  const typeMessage = findMessage(file, messages, MESSAGE.datatype);
  const spaceMessage = findMessage(file, messages, MESSAGE.dataspace);
  checkFile(typeMessage !== undefined && spaceMessage !== undefined, WHERE, 'a dataset must have a type and a shape', {
    path,
  });
  const datatype = readDatatype(typeMessage);
  const space = readDataspace(spaceMessage);
  const dtype = dtypeOf(datatype, attributes);
  return {
    kind: 'dataset',
    path,
    attributes,
    shape: space.shape ?? [0],
    dtype,
    size: space.count,
    read: () =>
      withMemory(path, () =>
        toNumbers(readValues(file.withFreshBudget(), parts, datatype, space), datatype, dtype, path),
      ),
    readStrings() {
      const own = file.withFreshBudget();
      checkFile(dtype === 'string', WHERE, 'a dataset of strings is expected', { path, type: describe(datatype) });
      const values = withMemory(path, () => readValues(own, parts, datatype, space));
      return decodeStrings(new FileBytes(values).cursor(0), space.count, datatype, heap, own);
    },
  };
}

/** Turns a failed allocation into a KerasFileError, since the file declares the size. */
function withMemory<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fileError(WHERE, `a dataset is too large for the memory (${error.message})`, { path }, error);
  }
}

function dtypeOf(datatype: Datatype, attributes: H5Attributes): H5Dtype {
  switch (datatype.kind) {
    case 'number':
      return datatype.number;
    case 'bool':
      return 'bool';
    case 'string':
    case 'variableString':
      return 'string';
    case 'opaque':
      if (datatype.size !== 2) return 'other';
      return attributes.has('dtype') && attributes.get('dtype') === 'bfloat16' ? 'bfloat16' : 'opaque2';
    case 'other':
      return 'other';
    default:
      return datatype satisfies never;
  }
}

function toNumbers(bytes: Uint8Array, datatype: Datatype, dtype: H5Dtype, path: string): H5Numbers {
  if (datatype.kind === 'number') return decodeNumbers(bytes, datatype);
  if (datatype.kind === 'bool') return bytes;
  if (dtype === 'opaque2') return viewAs(bytes, 'uint16');
  if (dtype === 'bfloat16') return bfloat16ToFloat32(viewAs(bytes, 'uint16') as Uint16Array);
  throw fileError(WHERE, 'a dataset of numbers is expected', { path, type: describe(datatype) });
}

/** Reads the stored bytes of all elements, row-major. */
function readValues(file: FileBytes, parts: DatasetParts, { size }: Datatype, { shape, count }: Dataspace): Uint8Array {
  const { messages, path, maxBytes } = parts;
  const isExternal = messages.some(({ type }) => type === MESSAGE.externalFiles);
  checkFile(!isExternal, WHERE, 'datasets whose values lie in other files are refused', { path });
  const message = findMessage(file, messages, MESSAGE.layout);
  checkFile(message !== undefined, WHERE, 'a dataset must have a layout', { path });
  const layout = readLayout(message);
  const bytes = count * size;
  checkFile(bytes <= maxBytes, WHERE, `a dataset may have ${maxBytes} bytes at most`, { path, shape, bytes });
  if (bytes === 0 || shape === null) return new Uint8Array(0);
  switch (layout.kind) {
    case 'compact':
      checkFile(layout.size >= bytes, WHERE, 'a dataset must be stored in full', {
        path,
        expected: bytes,
        stored: layout.size,
      });
      return file.cursor(layout.at).bytes(bytes);
    case 'contiguous':
      if (layout.address !== undefined) return file.cursor(layout.address).bytes(bytes);
      checkRatio(bytes, 0, path);
      return makeFilled(file, messages, bytes, size);
    case 'chunked': {
      const { chunkShape, elementSize, address } = layout;
      const fits = chunkShape.length === shape.length && elementSize === size;
      checkFile(fits, WHERE, 'the chunks of a dataset must fit its shape', { path, shape, chunkShape, elementSize });
      if (address === undefined) {
        checkRatio(bytes, 0, path);
        return makeFilled(file, messages, bytes, size);
      }
      const chunkBytes = chunkShape.reduce((product, length) => product * length, size);
      checkFile(chunkBytes <= maxBytes, WHERE, 'a chunk is too large', { path, chunkShape });
      const filterMessage = findMessage(file, messages, MESSAGE.filters);
      const filters = filterMessage ? readFilters(filterMessage) : [];
      const grid = { layout, address, shape, isFiltered: filters.length > 0, chunkBytes };
      return readChunks(file, grid, filters, path, () => makeFilled(file, messages, bytes, size));
    }
    default:
      return layout satisfies never;
  }
}

/** An array of fill values, for elements that were never written. */
function makeFilled(file: FileBytes, messages: readonly Message[], bytes: number, size: number): Uint8Array {
  const values = new Uint8Array(bytes);
  const message = findMessage(file, messages, MESSAGE.fillValue);
  const old = findMessage(file, messages, MESSAGE.oldFillValue);
  const fill = message ? readFillValue(message) : old?.bytes(old.u32());
  if (!fill?.some((byte) => byte !== 0)) return values;
  checkFile(fill.length === size, WHERE, 'a fill value must have the size of an element', { size, bytes: fill.length });
  for (let at = 0; at < bytes; at += size) values.set(fill, at);
  return values;
}
