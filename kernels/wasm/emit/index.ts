// The emitter: expressions, statements, programs, and their bytes.

export { floorQuotients } from './doubles.js';
export { encodeModule, maxPages } from './encode.js';
export * from './expr.js';
export { type F32Var, type Features, Fn, type I32Var, type V128Var } from './fn.js';
export * from './loads.js';
export { printFn } from './print.js';
export { type ArgTypes, type ArgValues, type Program, parameterNames, program, type Range } from './program.js';
export * from './select.js';
