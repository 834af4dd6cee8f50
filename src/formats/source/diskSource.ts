// Files on disk, in Node. Node's modules are loaded at run time, since a bundle for the browser must not import them.

import { builtinModule } from '../../core/platform.js';
import { checkFile } from '../kerasFileError.js';
import { readError, readPieces } from './readPieces.js';
import type { Source, SourceOptions } from './sourceTypes.js';

const PIECE = 2 ** 24; // 16 MiB

/** A file by its path or `file:` URL. */
export function diskSource(path: string | URL): Source {
  const { fileURLToPath } = nodeModule<typeof import('node:url')>('url');
  const { basename, dirname, join } = nodeModule<typeof import('node:path')>('path');
  const isUrl = path instanceof URL || /^file:/i.test(path);
  const filePath = isUrl ? fileURLToPath(path) : path;
  return {
    name: basename(filePath),
    read: (options) => readDisk(filePath, options),
    sibling: (steps) => diskSource(join(dirname(filePath), ...steps)),
  };
}

async function readDisk(path: string, options: SourceOptions): Promise<Uint8Array> {
  const { open } = nodeModule<typeof import('node:fs/promises')>('fs/promises');
  const file = await open(path).catch((error: unknown) => {
    throw readError(path, error);
  });
  try {
    const stat = await file.stat();
    checkFile(!stat.isDirectory(), 'openSource', 'must be a file, not a folder', { path });
    async function* pieces() {
      for (;;) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(PIECE), 0, PIECE, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    }
    return await readPieces(pieces(), { ...options, name: path, length: stat.isFile() ? stat.size : undefined });
  } finally {
    await file.close();
  }
}

function nodeModule<Module>(name: string): Module {
  const found = builtinModule(name);
  checkFile(found !== undefined, 'openSource', 'paths can be read in Node only; give a URL, a File or bytes', {});
  return found as Module;
}
