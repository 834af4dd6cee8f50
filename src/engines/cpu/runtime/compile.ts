// Compiles a module, without the JavaScript engine's baseline compiler where possible.
//
// V8 compiles new WebAssembly with its baseline compiler first. That code runs at a fifth of the speed, and V8 cannot
// replace it inside a running loop. In Node, V8's flags can be changed at run time. They are process-wide, so compile()
// changes them around the one synchronous call that compiles, and restores them. It leaves flags from the
// command line alone.

import { builtinModule, nodeArguments, nodeMajor } from '../../../core/platform.js';

interface V8Module {
  setFlagsFromString(flag: string): void;
}

/** A flag, with the arguments that change it and restore its default. */
interface Flag {
  readonly name: string;
  readonly on: string;
  readonly off: string;
}

const optimizeAtOnce: readonly Flag[] = [
  { name: 'liftoff', on: '--no-liftoff', off: '--liftoff' },
  // In Node 20 and 22, --no-liftoff switches this off, too, and --liftoff does not switch it on again.
  { name: 'wasm-dynamic-tiering', on: '--no-wasm-dynamic-tiering', off: '--wasm-dynamic-tiering' },
  { name: 'wasm-lazy-compilation', on: '--no-wasm-lazy-compilation', off: '--wasm-lazy-compilation' },
];

/** In the V8 of Node 20 and 21, relaxed SIMD is complete but behind a flag. */
const relaxedSimd: Flag = {
  name: 'experimental-wasm-relaxed-simd',
  on: '--experimental-wasm-relaxed-simd',
  off: '--no-experimental-wasm-relaxed-simd',
};

const revectorizeFlag: Flag = {
  name: 'experimental-wasm-revectorize',
  on: '--experimental-wasm-revectorize',
  off: '--no-experimental-wasm-revectorize',
};

export interface CompileOptions {
  /** Let V8 combine pairs of vectors into 256 bits (x64, Node 24 and newer). */
  readonly revectorize?: boolean;
}

export function compile(
  bytes: Uint8Array<ArrayBuffer>,
  { revectorize = false }: CompileOptions = {},
): WebAssembly.Module {
  const flags = [...optimizeAtOnce, ...relaxedFlag(), ...(revectorize ? [revectorizeFlag] : [])];
  return withFlags(flags, () => new WebAssembly.Module(bytes));
}

/** Validates a module with the flags that compile() sets. */
export function validate(bytes: Uint8Array<ArrayBuffer>): boolean {
  if (typeof WebAssembly === 'undefined') return false;
  return withFlags(relaxedFlag(), () => WebAssembly.validate(bytes));
}

/** Whether compile() gives optimized code. Where it does not, as in browsers, a program is slow in its first calls. */
export function optimizesAtOnce(): boolean {
  return v8Module() !== undefined && !['liftoff', 'wasm-lazy-compilation'].some(isSetByUser);
}

function relaxedFlag(): readonly Flag[] {
  const major = nodeMajor();
  return major >= 20 && major < 22 ? [relaxedSimd] : [];
}

function withFlags<T>(flags: readonly Flag[], body: () => T): T {
  const v8 = v8Module();
  const changed = v8 ? flags.filter(({ name }) => !isSetByUser(name)) : [];
  try {
    for (const { on } of changed) v8?.setFlagsFromString(on);
    return body();
  } finally {
    for (const { off } of changed) v8?.setFlagsFromString(off);
  }
}

let found: { readonly v8: V8Module | undefined } | undefined;

/** Undefined in browsers, and in engines that resemble Node but have no V8 flags. */
function v8Module(): V8Module | undefined {
  found ??= { v8: findV8() };
  return found.v8;
}

function findV8(): V8Module | undefined {
  const v8 = builtinModule('v8') as V8Module | undefined;
  try {
    v8?.setFlagsFromString(''); // changes nothing
    return v8;
  } catch {
    return undefined;
  }
}

/** `--liftoff`, `--no-liftoff`, `--no_liftoff`, ... */
function isSetByUser(name: string): boolean {
  return nodeArguments().some(
    (argument) =>
      argument
        .replace(/_/g, '-')
        .replace(/^--(no-)?/, '')
        .split('=')[0] === name,
  );
}
