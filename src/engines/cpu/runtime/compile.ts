// Compiles a module, without the JavaScript engine's baseline compiler where possible.
//
// V8 compiles new WebAssembly with its baseline compiler first. That code runs at a fifth of the speed, and V8 cannot
// replace it inside a running loop. In Node, V8's flags can be changed at run time. They are process-wide, so compile()
// changes them around the one synchronous call that compiles, and restores them; threads do so one after another
// (flagLock.ts). It leaves flags from the command line alone.

import { builtinModule, nodeArguments, nodeMajor } from '../../../core/platform.js';
import { flagWord, lockFlags } from './flagLock.js';

interface V8Module {
  setFlagsFromString(flag: string): void;
}

/** A flag, and the value that it has while we compile: the opposite of its default. */
type Flag = readonly [name: string, value: boolean];

const optimizeAtOnce: readonly Flag[] = [
  ['liftoff', false],
  // In Node 20 and 22, --no-liftoff switches this off, too, and --liftoff does not switch it on again.
  ['wasm-dynamic-tiering', false],
  ['wasm-lazy-compilation', false],
];

/** In the V8 of Node 20 and 21, relaxed SIMD is complete but behind a flag. */
const relaxedSimd: Flag = ['experimental-wasm-relaxed-simd', true];

const revectorizeFlag: Flag = ['experimental-wasm-revectorize', true];

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

/** Whether no other thread can restore the flag for 256 bits while this one compiles with it. */
export function keepsRevectorizing(): boolean {
  return isSetByUser(revectorizeFlag[0]) || flagWord() !== undefined;
}

function relaxedFlag(): readonly Flag[] {
  const major = nodeMajor();
  return major >= 20 && major < 22 ? [relaxedSimd] : [];
}

function withFlags<T>(flags: readonly Flag[], body: () => T): T {
  const v8 = v8Module();
  const changed = v8 ? flags.filter(([name]) => !isSetByUser(name)) : [];
  const set = (isOurs: boolean) => {
    for (const [name, value] of changed) v8?.setFlagsFromString(`--${value === isOurs ? '' : 'no-'}${name}`);
  };
  if (changed.length === 0) return body();
  const unlock = lockFlags();
  try {
    set(true);
    return body();
  } finally {
    set(false);
    unlock();
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
