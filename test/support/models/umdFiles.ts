// nsfwjs ships every file of a model as a script: a UMD module whose export is the model.json as an object, or one shard of
// weights as base64. This reads such a folder as if the plain files lay there.

import type { ReadFile } from '../../../examples/upscale/modelFiles.js';

/** `model.json` is read from `model.min.js`, a shard `name` from `name.min.js`. */
export function umdFiles(readFile: ReadFile): ReadFile {
  return async (path) => {
    const source = new TextDecoder().decode(await readFile(`${path.replace(/\.json$/, '')}.min.js`));
    const value = exportOf(source);
    return typeof value === 'string'
      ? bytesOf(value)
      : (new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer);
  };
}

/** Runs the script as a CommonJS module. It comes from an installed package, like any other import of the tests. */
function exportOf(source: string): unknown {
  const module: { exports: unknown } = { exports: {} };
  new Function('module', 'exports', source)(module, module.exports);
  return module.exports;
}

function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer as ArrayBuffer;
}
