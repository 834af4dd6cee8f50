// What a call costs besides its work: microseconds of processor time of operations on 8x8 pixels, on convnet-cpu beside
// tfjs-wasm and tfjs-cpu with one thread: `npx tsx bench/calls.ts [--only=<regex>]`.

import { bundle } from './run/bundle.js';

await import(await bundle('measure/calls.ts'));
