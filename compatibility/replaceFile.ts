import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file as a whole, so that an interrupted process leaves the old one. */
export function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
