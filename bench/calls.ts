// What a call costs besides its work: microseconds of processor time of operations on 8x8 pixels, on convnet-cpu beside
// tfjs-wasm and tfjs-cpu with one thread: `npx tsx bench/calls.ts [--only=<regex>]`. tsx gives every function its name when
// it is made, which slows small calls of TypeScript alone, so the measurement is bundled and then run.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const outfile = fileURLToPath(new URL('../.build/bench-calls.mjs', import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL('./measure/calls.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});
await import(outfile);
