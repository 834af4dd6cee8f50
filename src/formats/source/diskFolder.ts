// A folder on disk, in Node: the model within it is taken.

import { builtinModule, nodeMajor } from '../../core/platform.js';
import { checkFile } from '../kerasFileError.js';
import { MAIN_FILES } from './localSource.js';
import { readError } from './readPieces.js';

/** The path of the model within a folder; any other path as it is. */
export async function mainFileOf(path: string | URL): Promise<string | URL> {
  if (nodeMajor() === 0) return path;
  const { readdir, stat } = builtinModule('fs/promises') as typeof import('node:fs/promises');
  const { fileURLToPath } = builtinModule('url') as typeof import('node:url');
  const { join } = builtinModule('path') as typeof import('node:path');
  const filePath = path instanceof URL || /^file:/i.test(path) ? fileURLToPath(path) : path;
  const found = await stat(filePath).catch(() => undefined); // whoever opens it says what is wrong
  if (!found?.isDirectory()) return path;
  const names = await readdir(filePath).catch((error: unknown) => {
    throw readError(filePath, error);
  });
  const main = MAIN_FILES.map((pattern) => names.filter((name) => pattern.test(name))).find((some) => some.length > 0);
  const rule = 'a folder must hold one model: a model.json, a .weights.json, a .keras or an .h5 file';
  const shown = names.slice(0, 20);
  checkFile(!names.includes('saved_model.pb') || main !== undefined, 'openSource', 'a SavedModel cannot be read', {
    path: filePath,
  });
  checkFile(main?.length === 1, 'openSource', rule, { path: filePath, names: shown });
  return join(filePath, (main as string[])[0]);
}
