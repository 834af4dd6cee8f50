/** Reads files of this repository's `node_modules`, in Node. */
import { readFile } from 'node:fs/promises';
import type { ReadFile } from './modelFiles.js';

const nodeModules = new URL('../../node_modules/', import.meta.url);

export const readNodeModule: ReadFile = async (path) => {
  const { buffer, byteOffset, byteLength } = await readFile(new URL(path, nodeModules));
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
};
