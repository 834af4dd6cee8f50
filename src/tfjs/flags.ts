// The flags of src/core/flags.ts, registered with TensorFlow.js and read from it.

import { env } from '@tensorflow/tfjs-core';
import { show } from '../core/errors.js';
import {
  allowedText,
  defaultOf,
  type Flag,
  type FlagName,
  type FlagValue,
  flagTable,
  parseFlag,
} from '../core/flags.js';

for (const [name, flag] of Object.entries(flagTable)) env().registerFlag(name, () => defaultOf(flag));

/** The values that a warning has told of, so that a flag which is read at every operation warns once. */
const warned = new Map<FlagName, unknown>();

/** What a flag says; a value that is not allowed is the default, with a warning. */
export function readFlag<N extends FlagName>(name: N): FlagValue<N> {
  const flag: Flag = flagTable[name];
  const given: unknown = env().get(name);
  const value = parseFlag(flag, given);
  if (value !== undefined) {
    warned.delete(name);
    return value as FlagValue<N>;
  }
  const fallback = defaultOf(flag);
  if (!warned.has(name) || warned.get(name) !== given) {
    warned.set(name, given);
    console.warn(`convnet: ${name} must be ${allowedText(flag)}; received ${name}=${show(given)}; ${fallback} is used`);
  }
  return fallback as FlagValue<N>;
}
