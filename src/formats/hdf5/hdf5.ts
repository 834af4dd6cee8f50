// Reads HDF5 files that Keras, h5py or h5repack wrote. Groups, attributes and datasets are found on request, and
// aligned numbers are views of the file. This folder has a file for each structure of the format, see
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html (File Format Specification 3.0).
//
// A file is not trusted: every field must lie in it (fileBytes.ts), only one path may lead to a group, links that leave
// the tree are refused, and no more memory is allocated than the file can have values for.

import { checkFile, fileError } from '../kerasFileError.js';
import { readAttributes } from './attributes.js';
import { isDataset, openDataset } from './dataset.js';
import { FileBytes, WHERE } from './fileBytes.js';
import { GlobalHeap } from './globalHeap.js';
import type { H5Attributes, H5Dataset, H5Group, H5Limits, Link } from './h5Types.js';
import { isGroup, readLinks } from './links.js';
import { type Message, readMessages } from './objectHeader.js';
import { readRootAddress } from './superblock.js';

export { readStringList } from './attributes.js';
export { bfloat16ToFloat32, float16ToFloat32 } from './decodeValues.js';
export type * from './h5Types.js';
export { isHdf5 } from './superblock.js';

const MAX_DEPTH = 256;
const MAX_DATASET_BYTES = 2 ** 32;

/**
 * Opens a file and gives its root group. The bytes must not change while the group, or anything from it, is in use.
 * @throws KerasFileError for a file that is damaged or not to be trusted.
 */
export function openHdf5(bytes: Uint8Array, limits: H5Limits = {}): H5Group {
  const file = new FileBytes(bytes, limits.maxReads);
  const opened = { file, heap: new GlobalHeap(), limits, groups: new Map<number, string>() };
  const root = openObject(opened, readRootAddress(file), '/');
  checkFile(root?.kind === 'group', WHERE, 'the root of the file must be a group');
  return root;
}

/** The state that all groups and datasets of one file share. */
interface OpenedFile {
  readonly file: FileBytes;
  readonly heap: GlobalHeap;
  readonly limits: H5Limits;
  /** The paths of opened groups by address. */
  readonly groups: Map<number, string>;
}

/** Opens a group or dataset; null for a committed datatype. */
function openObject(opened: OpenedFile, address: number, path: string): H5Group | H5Dataset | null {
  const { file, heap, limits, groups } = opened;
  const messages = readMessages(file, address);
  if (isDataset(messages)) {
    const maxBytes = limits.maxDatasetBytes ?? MAX_DATASET_BYTES;
    return openDataset({ file, heap, messages, attributes: lazyAttributes(opened, messages), path, maxBytes });
  }
  if (!isGroup(messages)) return null;
  // Two paths to one group could make a circle, or double the number of paths at each of many levels.
  const known = groups.get(address);
  checkFile(known === undefined, WHERE, 'a group must not be linked from two places', { path, known });
  groups.set(address, path);
  return new Group(opened, messages, path);
}

class Group implements H5Group {
  readonly kind = 'group';
  readonly attributes: H5Attributes;
  readonly #children = new Map<string, H5Group | H5Dataset | null>();
  #links: Map<string, Link> | undefined;

  constructor(
    readonly opened: OpenedFile,
    readonly messages: readonly Message[],
    readonly path: string,
  ) {
    this.attributes = lazyAttributes(opened, messages);
  }

  keys(): string[] {
    return [...this.#allLinks().keys()];
  }

  group(name: string): H5Group | null {
    const found = this.#find(name);
    return found?.kind === 'group' ? found : null;
  }

  dataset(name: string): H5Dataset | null {
    const found = this.#find(name);
    return found?.kind === 'dataset' ? found : null;
  }

  #find(relativePath: string): H5Group | H5Dataset | null {
    const steps = relativePath.split('/');
    checkFile(!steps.includes(''), WHERE, 'a path must have no empty parts', { path: relativePath });
    checkFile(steps.length <= MAX_DEPTH, WHERE, `groups may be nested ${MAX_DEPTH} deep at most`, {
      path: relativePath,
    });
    let found: H5Group | H5Dataset | null = this;
    for (const step of steps) {
      if (!(found instanceof Group)) return null;
      found = found.#child(step);
    }
    return found;
  }

  #child(name: string): H5Group | H5Dataset | null {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const link = this.#allLinks().get(name);
    if (link === undefined) return null;
    const path = this.path === '/' ? `/${name}` : `${this.path}/${name}`;
    if (link.kind !== 'hard')
      throw fileError(WHERE, 'only hard links are followed, others may lead anywhere', { path, link: link.kind });
    checkFile(path.split('/').length <= MAX_DEPTH, WHERE, `groups may be nested ${MAX_DEPTH} deep at most`, { path });
    const child = openObject(this.opened, link.address, path);
    this.#children.set(name, child);
    return child;
  }

  #allLinks(): Map<string, Link> {
    this.#links ??= readLinks(this.opened.file, this.messages);
    return this.#links;
  }
}

/** Attributes that are read on the first request. */
function lazyAttributes({ file, heap }: OpenedFile, messages: readonly Message[]): H5Attributes {
  let attributes: H5Attributes | undefined;
  const all = () => {
    attributes ??= readAttributes(file, messages, heap);
    return attributes;
  };
  return {
    get names() {
      return all().names;
    },
    has: (name) => all().has(name),
    get: (name) => all().get(name),
  };
}
