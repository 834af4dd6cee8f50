// Brings a model file into memory, whatever it was given as, and gives the way to the files beside it (shards).
// Every kind of source is a SourcePlace; this file chooses one, and keeps names of siblings inside of the folder.

import { nodeMajor } from '../../core/platform.js';
import { checkFile } from '../kerasFileError.js';
import { diskPlace } from './diskSource.js';
import { blobPlace, bytesPlace, isNamedBytes, listPlace } from './localSource.js';
import type { FileHandleLike, KerasSource, SourceFile, SourceOptions, SourcePlace } from './sourceTypes.js';
import { urlPlace } from './urlSource.js';

export type { FileHandleLike, KerasSource, NamedBytes, SourceFile, SourceOptions } from './sourceTypes.js';

const URL_SCHEME = /^[a-z][a-z0-9+.-]+:/i; // two letters or more: `C:\models` is a path

/** Reads a source as a whole. Throws KerasFileError, or the reason of `signal` once that is aborted. */
export async function openSource(source: KerasSource, options: SourceOptions = {}): Promise<SourceFile> {
  options.signal?.throwIfAborted();
  return openPlace(await choosePlace(source), options);
}

async function openPlace(place: SourcePlace, options: SourceOptions): Promise<SourceFile> {
  const bytes = await place.read(options);
  return {
    name: place.name,
    bytes,
    async sibling(relativeName, onProgress) {
      options.signal?.throwIfAborted();
      return openPlace(place.sibling(relativeSteps(relativeName)), { ...options, onProgress });
    },
  };
}

async function choosePlace(source: KerasSource): Promise<SourcePlace> {
  if (typeof source === 'string') return isUrl(source) ? urlPlace(source) : diskPlace(source);
  if (source instanceof URL) return source.protocol === 'file:' ? diskPlace(source) : urlPlace(source.href);
  if (source instanceof Blob) return blobPlace(source);
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source) || isNamedBytes(source)) return bytesPlace(source);
  if (Array.isArray(source)) return listPlace(source);
  const handle = source as Partial<FileHandleLike> | null | undefined;
  const rule = 'must be a URL, a File, bytes, a list of files or, in Node, a path';
  checkFile(typeof handle?.getFile === 'function', 'openSource', rule, { source });
  return blobPlace(await (handle as FileHandleLike).getFile());
}

function isUrl(text: string): boolean {
  if (/^file:/i.test(text)) return nodeMajor() === 0;
  return URL_SCHEME.test(text) || nodeMajor() === 0;
}

/** `a/b.bin` as its parts; whatever could lead out of the folder is refused. */
function relativeSteps(relativeName: string): string[] {
  const steps = String(relativeName).split('/');
  const plain = steps.every((step) => step !== '' && step !== '.' && step !== '..');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  const safe = plain && !/[\\:\u0000-\u001f]/.test(relativeName);
  checkFile(safe, 'openSource', 'a file beside the model must have a plain relative name', { name: relativeName });
  return steps;
}
