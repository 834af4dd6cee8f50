// npm run print                          lists the programs that can be printed, each with its options
// npm run print -- wasm/conv/gemm 6x8    prints one as text

import { glsl } from './print/glsl.js';
import { printProgram } from './print/printProgram.js';
import { wasm } from './print/wasm.js';

try {
  console.log(printProgram({ ...wasm, ...glsl }, process.argv.slice(2)));
} catch (error) {
  console.error(`print: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
