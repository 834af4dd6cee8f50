// Sources in memory or behind a Blob: bytes, a File, a list of files that the user chose.

import { checkFile, fileError } from '../kerasFileError.js';
import { plainBytes } from '../plainBytes.js';
import { readPieces } from './readPieces.js';
import type { NamedBytes, Source } from './sourceTypes.js';

const PIECE = 2 ** 24; // 16 MiB of a Blob at a time, with progress and the signal checked after each
/** The names that the model's own file may have among several chosen files, the most likely first. */
export const MAIN_FILES: readonly RegExp[] = [
  /^model\.json$/,
  /^config\.json$/,
  /\.weights\.json$/,
  /\.json$/,
  /\.(keras|h5|hdf5)$/,
];

/** Bytes in memory. They are read without a copy. */
export function bytesSource(source: ArrayBuffer | ArrayBufferView | NamedBytes): Source {
  const named = isNamedBytes(source) ? source : { name: 'bytes', bytes: source };
  const bytes = plainBytes(named.bytes);
  return {
    name: named.name,
    identify: () => source,
    async read({ maxBytes, onProgress }) {
      checkFile(bytes.length <= (maxBytes ?? Number.POSITIVE_INFINITY), 'openSource', `${named.name} is too large`, {
        bytes: bytes.length,
        maxBytes,
      });
      onProgress?.(1);
      return bytes;
    },
    sibling: (steps) => noSibling(named.name, steps),
  };
}

/** A Blob or File, read in pieces. */
export function blobSource(blob: Blob): Source {
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'bytes';
  return {
    name,
    identify: () => blob,
    read: (options) => {
      async function* pieces() {
        for (let at = 0; at < blob.size; at += PIECE) {
          yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
        }
      }
      return readPieces(pieces(), { name, length: blob.size, ...options });
    },
    sibling: (steps) => noSibling(name, steps),
  };
}

/** Files that the user chose together. The name tells which one is the model; the others are its siblings by name. */
export function listSource(files: readonly (Blob | NamedBytes)[]): Source {
  const members = files.map((file) => {
    const source = isNamedBytes(file) ? bytesSource(file) : blobSource(file);
    return { path: relativePath(file) ?? source.name, source };
  });
  const names = members.map(({ path }) => path);
  checkFile(new Set(names).size === names.length, 'openSource', 'two files of a list must not have the same name', {
    names,
  });
  const main = MAIN_FILES.map((pattern) => members.filter(({ source }) => pattern.test(source.name))).find(
    (found) => found.length > 0,
  );
  const rule = 'a list must hold one model.json, .weights.json, .keras or .h5 file, and the files that belong to it';
  checkFile(main?.length === 1 || (members.length === 1 && main === undefined), 'openSource', rule, { names });
  const { path, source } = main?.[0] ?? members[0];
  const folder = path.slice(0, path.lastIndexOf('/') + 1);

  const inList = (own: Source): Source => ({
    ...own,
    sibling(steps) {
      const wanted = folder + steps.join('/');
      const found = members.find((other) => other.path === wanted);
      checkFile(found !== undefined, 'openSource', 'a file of the model is missing from the list', {
        name: wanted,
        names,
      });
      return inList(found.source);
    },
  });
  return inList(source);
}

export function isNamedBytes(source: unknown): source is NamedBytes {
  return (
    typeof source === 'object' && source !== null && 'bytes' in source && 'name' in source && !(source instanceof Blob)
  );
}

/** The file's path in a folder that the user chose as a whole (`<input webkitdirectory>`). */
function relativePath(file: Blob | NamedBytes): string | undefined {
  const path = 'webkitRelativePath' in file ? file.webkitRelativePath : '';
  return typeof path === 'string' && path !== '' ? path : undefined;
}

function noSibling(name: string, steps: readonly string[]): never {
  throw fileError('openSource', `${name} needs a file beside it: hand all the files of the model over as a list`, {
    missing: steps.join('/'),
  });
}
