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

/** What was read last: some flags are read at every operation, and a value that is not allowed warns once. */
const last = new Map<FlagName, { readonly given: unknown; readonly value: unknown }>();

/** What a flag says; a value that is not allowed is the default, with a warning. */
export function readFlag<N extends FlagName>(name: N): FlagValue<N> {
  const given: unknown = env().get(name);
  const known = last.get(name);
  if (known && Object.is(known.given, given)) return known.value as FlagValue<N>;
  const flag: Flag = flagTable[name];
  const value = parseFlag(flag, given) ?? defaultOf(flag);
  last.set(name, { given, value });
  if (parseFlag(flag, given) === undefined) {
    console.warn(`convnet: ${name} must be ${allowedText(flag)}; received ${name}=${show(given)}; ${value} is used`);
  }
  return value as FlagValue<N>;
}
