// Reads a model file of any source into memory, and the files beside it (shards) on request. Each kind of source is a
// Source of its own; this file chooses one, and checks that the name of a sibling does not leave the folder.

import { nodeMajor } from '../../core/platform.js';
import { checkFile } from '../kerasFileError.js';
import { mainFileOf } from './diskFolder.js';
import { diskSource } from './diskSource.js';
import { filesOf, isFolder } from './folderHandle.js';
import { blobSource, bytesSource, isNamedBytes, listSource } from './localSource.js';
import { MAX_BYTES } from './readPieces.js';
import type { FileHandleLike, KerasSource, Source, SourceFile, SourceOptions } from './sourceTypes.js';
import { urlSource } from './urlSource.js';

export type {
  FileHandleLike,
  FolderHandleLike,
  KerasSource,
  NamedBytes,
  SourceFile,
  SourceOptions,
} from './sourceTypes.js';

const URL_SCHEME = /^[a-z][a-z0-9+.-]+:/i; // two letters or more, since `C:\models` is a path

/**
 * Reads a whole source into memory.
 * @throws KerasFileError if it cannot be read; the signal's reason once the signal is aborted.
 */
export async function openSource(source: KerasSource, options: SourceOptions = {}): Promise<SourceFile> {
  options.signal?.throwIfAborted();
  return readSource(await chooseSource(source), options, new Set());
}

/** @param taken The files that were read as siblings, for all files of one model. */
async function readSource(source: Source, options: SourceOptions, taken: Set<unknown>): Promise<SourceFile> {
  const bytes = await source.read(options);
  return {
    name: source.name,
    bytes,
    async sibling(relativeName, { onProgress, maxBytes = Number.POSITIVE_INFINITY } = {}) {
      options.signal?.throwIfAborted();
      const found = source.sibling(relativeSteps(relativeName));
      const identity = await found.identify();
      // A name costs a few bytes, and each reading the whole file.
      checkFile(!taken.has(identity), 'openSource', 'a file beside the model must be read once only', {
        name: relativeName,
      });
      taken.add(identity);
      const limit = Math.min(maxBytes, options.maxBytes ?? MAX_BYTES);
      return readSource(found, { ...options, onProgress, maxBytes: limit }, taken);
    },
  };
}

async function chooseSource(source: KerasSource): Promise<Source> {
  if (typeof source === 'string') return isUrl(source) ? urlSource(source) : diskFile(source);
  if (source instanceof URL) return source.protocol === 'file:' ? diskFile(source) : urlSource(source.href);
  if (source instanceof Blob) return blobSource(source);
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source) || isNamedBytes(source)) return bytesSource(source);
  if (Array.isArray(source)) return listSource(source);
  if (isFolder(source)) return listSource(await filesOf(source));
  const handle = source as Partial<FileHandleLike> | null | undefined;
  const rule = 'must be a URL, a File, bytes, a list of files or, in Node, a path';
  checkFile(typeof handle?.getFile === 'function', 'openSource', rule, { source });
  return blobSource(await (handle as FileHandleLike).getFile());
}

/** A path of a file, or of a folder, whose model is taken. */
async function diskFile(path: string | URL): Promise<Source> {
  return diskSource(await mainFileOf(path));
}

function isUrl(text: string): boolean {
  if (/^file:/i.test(text)) return nodeMajor() === 0;
  return URL_SCHEME.test(text) || nodeMajor() === 0;
}

/** The parts of `a/b.bin`. A name that could leave the folder is refused. */
function relativeSteps(relativeName: string): string[] {
  const steps = String(relativeName).split('/');
  const plain = steps.every((step) => step !== '' && step !== '.' && step !== '..');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  const safe = plain && !/[\\:\u0000-\u001f]/.test(relativeName);
  checkFile(safe, 'openSource', 'a file beside the model must have a plain relative name', { name: relativeName });
  return steps;
}
