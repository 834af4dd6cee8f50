// Reads from the repository's `node_modules` in a browser, from a server that hands them out.

import type { ReadFile } from '../../../examples/upscale/modelFiles.js';

/** `base` is where the server puts the folder; Karma's is '/base/node_modules/'. */
export function fetchNodeModule(base = '/base/node_modules/'): ReadFile {
  return async (path) => {
    const response = await fetch(base + path);
    if (!response.ok) {
      throw new Error(`fetchNodeModule: the server must hand out ${base}${path}; received status=${response.status}`);
    }
    return response.arrayBuffer();
  };
}
