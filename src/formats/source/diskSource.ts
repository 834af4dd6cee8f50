// Files on disk, in Node. Node's modules are loaded at run time, since a bundle for the browser must not import them.
//
// The folder of a model may come from a stranger, with links and pipes in it. So the files beside the model are regular
// files that lie within its folder after all links are followed. The model itself is what the user has named.

import { builtinModule } from '../../core/platform.js';
import { checkFile } from '../kerasFileError.js';
import { readError, readPieces } from './readPieces.js';
import type { Source, SourceOptions } from './sourceTypes.js';

const PIECE = 2 ** 24; // 16 MiB
/** The names of a pipe that a shell makes: `convnet inspect <(curl ...)`. */
const SHELL_PIPE = /^\/(dev\/(stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

type Stats = import('node:fs').Stats;

/** A file by its path or `file:` URL. */
export function diskSource(path: string | URL): Source {
  const { fileURLToPath } = nodeModule<typeof import('node:url')>('url');
  const { join, dirname } = paths();
  const isUrl = path instanceof URL || /^file:/i.test(path);
  const filePath = isUrl ? fileURLToPath(path) : path;
  return {
    ...fileAt(filePath, (stat) => isModelFile(filePath, stat)),
    sibling: (steps) => siblingSource(join(dirname(filePath), ...steps), filePath),
  };
}

function siblingSource(path: string, model: string): Source {
  const { join, dirname } = paths();
  return {
    ...fileAt(path, (stat) => stat.isFile()),
    identify: () => findInside(path, model),
    sibling: (steps) => siblingSource(join(dirname(path), ...steps), model),
  };
}

function fileAt(path: string, isAllowed: (stat: Stats) => boolean): Omit<Source, 'sibling'> {
  return {
    name: paths().basename(path),
    identify: () => path,
    read: (options) => readDisk(path, isAllowed, options),
  };
}

/**
 * The number by which the file system knows the file.
 * @throws KerasFileError for a file outside of the model's folder, which is that of the path or, where the model itself is
 *     a link, that of its target: the cache of the Hugging Face Hub is built so.
 */
async function findInside(path: string, model: string): Promise<string> {
  const { realpath, stat } = nodeModule<typeof import('node:fs/promises')>('fs/promises');
  const { dirname, sep } = paths();
  const failed = (error: unknown) => {
    throw readError(path, error);
  };
  const found = await realpath(path).catch(failed);
  const folders = [await realpath(dirname(model)).catch(failed), dirname(await realpath(model).catch(failed))];
  const isInside = folders.some((folder) => found.startsWith(folder.endsWith(sep) ? folder : folder + sep));
  checkFile(isInside, 'openSource', "a file beside the model must lie within the model's folder", { path });
  const { dev, ino } = await stat(found, { bigint: true }).catch(failed);
  return `${dev}:${ino}`;
}

/** A pipe in a folder would be waited for without end. */
function isModelFile(path: string, stat: Stats): boolean {
  return stat.isFile() || (stat.isFIFO() && SHELL_PIPE.test(path));
}

async function readDisk(
  path: string,
  isAllowed: (stat: Stats) => boolean,
  options: SourceOptions,
): Promise<Uint8Array> {
  const { open, stat } = nodeModule<typeof import('node:fs/promises')>('fs/promises');
  const { O_RDONLY, O_NONBLOCK = 0 } = nodeModule<typeof import('node:fs')>('fs').constants;
  const failed = (error: unknown) => {
    throw readError(path, error);
  };
  const check = (found: Stats): void => {
    checkFile(!found.isDirectory(), 'openSource', 'must be a file, not a folder', { path });
    checkFile(isAllowed(found), 'openSource', 'must be a regular file, not a device, pipe or socket', { path });
  };
  const found = await stat(path).catch(failed);
  check(found); // before it is opened: a pipe blocks there, and a device may act
  const file = await open(path, found.isFIFO() ? O_RDONLY : O_RDONLY | O_NONBLOCK).catch(failed);
  try {
    const opened = await file.stat();
    check(opened);
    // One byte more than the file has, so that a file which has grown is seen to be longer.
    const size = opened.isFile() ? Math.min(PIECE, opened.size + 1) : PIECE;
    async function* pieces() {
      for (;;) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(size), 0, size, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    }
    return await readPieces(pieces(), { ...options, name: path, length: opened.isFile() ? opened.size : undefined });
  } finally {
    await file.close();
  }
}

function paths(): typeof import('node:path') {
  return nodeModule('path');
}

function nodeModule<Module>(name: string): Module {
  const found = builtinModule(name);
  checkFile(found !== undefined, 'openSource', 'paths can be read in Node only; give a URL, a File or bytes', {});
  return found as Module;
}
