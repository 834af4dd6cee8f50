// A folder that the user of a page has chosen: showDirectoryPicker(), or the site's own storage
// (navigator.storage.getDirectory()).

import { checkFile } from '../kerasFileError.js';
import type { FolderHandleLike } from './sourceTypes.js';

/** A model is one folder of some files; more of either is a wrong folder, such as a home directory. */
const MOST_FILES = 5000;
const MOST_DEPTH = 4;

export function isFolder(source: unknown): source is FolderHandleLike {
  return typeof source === 'object' && source !== null && (source as { kind?: unknown }).kind === 'directory';
}

/** The files of a folder and of those within it. Their contents are not read. */
export async function filesOf(folder: FolderHandleLike): Promise<Blob[]> {
  const files: Blob[] = [];
  await collect(folder, '', 0, files);
  return files;
}

async function collect(folder: FolderHandleLike, path: string, depth: number, files: Blob[]): Promise<void> {
  checkFile(depth <= MOST_DEPTH, 'openSource', `folders of a model may be ${MOST_DEPTH} deep`, { folder: path });
  for await (const [name, entry] of folder.entries()) {
    if (name.startsWith('.')) continue;
    const at = path === '' ? name : `${path}/${name}`;
    if (isFolder(entry)) {
      await collect(entry, at, depth + 1, files);
      continue;
    }
    checkFile(files.length < MOST_FILES, 'openSource', `the folder may hold ${MOST_FILES} files`, { at });
    const file = await entry.getFile();
    // As in a list from <input webkitdirectory>, where the path tells folders apart.
    Object.defineProperty(file, 'webkitRelativePath', { value: at });
    files.push(file);
  }
}
