// Tells the format of a model file by its content, since names can be wrong.

import { decodeText } from '../core/text.js';
import { isHdf5 } from '../formats/hdf5/hdf5.js';
import { checkFile, fileError } from '../formats/kerasFileError.js';

export type FileFormat = 'keras' | 'hdf5' | 'json';

/**
 * The format of a file: a `.keras` archive, HDF5, or JSON (a tfjs `model.json` or the index of sharded weights).
 * @throws KerasFileError for any other content.
 */
export function fileFormatOf(bytes: Uint8Array, name: string): FileFormat {
  checkFile(bytes.length > 0, `'${name}'`, 'the file is empty', { bytes: 0 });
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return 'keras';
  if (isHdf5(bytes)) return 'hdf5';
  const start = decodeText(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith('{')) return 'json';
  throw fileError(`'${name}'`, 'the file is neither a .keras archive, nor HDF5, nor a model.json', {
    start: start.slice(0, 16),
  });
}

/**
 * The key in metadata.json, and the attribute of an HDF5 file, of the version by whose rules a saved model runs, where
 * that is older than its file. Keras does not read it.
 */
export const RULES_VERSION = 'rules_version';
