// Delivers the bytes of a saved model: writes a path in Node, offers a download in the browser.

import { check } from '../../core/errors.js';
import { builtinModule } from '../../core/platform.js';
import { replaceFiles } from '../../formats/replaceFiles.js';

/** Writes or overwrites a file in Node. The folder must exist. A failure leaves the file that was there. */
export async function writeFile(path: string, bytes: Uint8Array, verify: boolean): Promise<void> {
  const fs = builtinModule('fs/promises') as typeof import('node:fs/promises') | undefined;
  check(fs !== undefined, 'saveKerasModel', 'a path can be written in Node only; use `download` in the browser', {
    path,
  });
  await replaceFiles(fs, [{ path, bytes }], verify);
}

/** Offers the bytes to the user as a download of this name. */
export function download(name: string, bytes: Uint8Array): void {
  check(typeof document !== 'undefined', 'saveKerasModel', 'a download needs a page; use `path` in Node', {
    download: name,
  });
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the blob after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
