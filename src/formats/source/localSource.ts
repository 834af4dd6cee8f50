// Sources that are in memory or behind a Blob: bytes, a File, a list of files that the user chose.

import { checkFile, fileError } from '../kerasFileError.js';
import { plainBytes } from '../plainBytes.js';
import { readPieces } from './readPieces.js';
import type { NamedBytes, SourcePlace } from './sourceTypes.js';

const PIECE = 2 ** 24; // 16 MiB: so often can a reading of a Blob be seen and ended
/** Which of several chosen files is the model. */
const MAIN_FILES: readonly RegExp[] = [
  /^model\.json$/,
  /^config\.json$/,
  /\.weights\.json$/,
  /\.json$/,
  /\.(keras|h5|hdf5)$/,
];

export function bytesPlace(source: ArrayBuffer | ArrayBufferView | NamedBytes): SourcePlace {
  const named = isNamedBytes(source) ? source : { name: 'bytes', bytes: source };
  const bytes = plainBytes(named.bytes);
  return {
    name: named.name,
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

export function blobPlace(blob: Blob): SourcePlace {
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'bytes';
  return {
    name,
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

/** Files chosen together; the model itself is known by its name, the others are found by theirs. */
export function listPlace(files: readonly (Blob | NamedBytes)[]): SourcePlace {
  const places = files.map((file) => {
    const place = isNamedBytes(file) ? bytesPlace(file) : blobPlace(file);
    return { path: relativePath(file) ?? place.name, place };
  });
  const names = places.map(({ path }) => path);
  checkFile(new Set(names).size === names.length, 'openSource', 'two files of a list must not have the same name', {
    names,
  });
  const main = MAIN_FILES.map((pattern) => places.filter(({ place }) => pattern.test(place.name))).find(
    (found) => found.length > 0,
  );
  const rule = 'a list must hold one model.json, .weights.json, .keras or .h5 file, and the files that belong to it';
  checkFile(main?.length === 1 || (places.length === 1 && main === undefined), 'openSource', rule, { names });
  const { path, place } = main?.[0] ?? places[0];
  const folder = path.slice(0, path.lastIndexOf('/') + 1);

  const inList = (own: SourcePlace): SourcePlace => ({
    ...own,
    sibling(steps) {
      const wanted = folder + steps.join('/');
      const found = places.find((other) => other.path === wanted);
      checkFile(found !== undefined, 'openSource', 'a file of the model is missing from the list', {
        name: wanted,
        names,
      });
      return inList(found.place);
    },
  });
  return inList(place);
}

export function isNamedBytes(source: unknown): source is NamedBytes {
  return (
    typeof source === 'object' && source !== null && 'bytes' in source && 'name' in source && !(source instanceof Blob)
  );
}

/** The path in a folder that the user chose as a whole (`<input webkitdirectory>`). */
function relativePath(file: Blob | NamedBytes): string | undefined {
  const path = 'webkitRelativePath' in file ? file.webkitRelativePath : '';
  return typeof path === 'string' && path !== '' ? path : undefined;
}

function noSibling(name: string, steps: readonly string[]): never {
  throw fileError('openSource', `${name} needs a file beside it: hand all the files of the model over as a list`, {
    missing: steps.join('/'),
  });
}
