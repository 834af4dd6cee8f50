// Flags of ours that are one of a few words.

import { env } from '@tensorflow/tfjs-core';
import { show } from '../core/errors.js';

/** What the flag says; a value that is not allowed is the first of `choices`, with a warning. */
export function chosenFlag<T extends string>(flag: string, choices: readonly T[]): T {
  const value = env().get(flag) as T;
  if (choices.includes(value)) return value;
  console.warn(
    `convnet: ${flag} must be one of ${choices.join(' ')}; received ${flag}=${show(value)}; ${choices[0]} is used`,
  );
  return choices[0];
}
