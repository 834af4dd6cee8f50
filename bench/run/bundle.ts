// tsx gives every function its name when it is made, which slows small calls of TypeScript alone. What measures calls is
// bundled and then run.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles a script of this folder and gives the file. */
export async function bundle(script: string): Promise<string> {
  const name = script.replace(/\W+/g, '-');
  const outfile = fileURLToPath(new URL(`../../.build/bench-${name}.mjs`, import.meta.url));
  const entryPoints = [fileURLToPath(new URL(`../${script}`, import.meta.url))];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return outfile;
}
