// Every flag of this package, in one table: the code reads it, README's section is written from it, and a test compares
// the two. What README says of each stands in flagTexts.ts, which no bundle holds. src/tfjs/flags.ts registers the flags
// with TensorFlow.js, where users set them:
//
//   tf.env().set('CONVNET_WINOGRAD', 'off')        or in a page's address: ?tfjsflags=CONVNET_WINOGRAD:off
//
// A value that is not allowed becomes the default, with a warning.

import { maxThreads } from '../../kernels/threads.js';
import { winogradChoices } from '../../kernels/winograd.js';

/** One of a few words. The first is the default. */
export interface ChoiceFlag {
  readonly kind: 'choice';
  readonly choices: readonly string[];
}

/** `auto`, which is the default, or a whole number from 1 to `max`. */
export interface CountFlag {
  readonly kind: 'count';
  readonly max: number;
}

/** A number from 0 up. */
export interface AmountFlag {
  readonly kind: 'amount';
  readonly default: number;
}

/** True or false. */
export interface SwitchFlag {
  readonly kind: 'switch';
  readonly default: boolean;
}

export type Flag = ChoiceFlag | CountFlag | AmountFlag | SwitchFlag;

export const flagTable = {
  CONVNET_DEVICE: {
    kind: 'choice',
    choices: ['auto', 'webgl', 'cpu'],
  },
  CONVNET_WINOGRAD: {
    kind: 'choice',
    choices: winogradChoices,
  },
  CONVNET_THREADS: {
    kind: 'count',
    max: maxThreads,
  },
  CONVNET_SIMD: {
    kind: 'choice',
    choices: ['auto', 'plain', 'off'],
  },
  CONVNET_REVEC: {
    kind: 'choice',
    choices: ['auto', 'off', 'on'],
  },
  CONVNET_WEIGHT_CACHE_MB: {
    kind: 'amount',
    default: 256,
  },
  CONVNET_PRECISION: {
    kind: 'choice',
    choices: ['auto', 'f32', 'f16'],
  },
  CONVNET_TEXTURE_CACHE_MB: {
    kind: 'amount',
    default: 256,
  },
  CONVNET_ON_FAILURE: {
    kind: 'choice',
    choices: ['error', 'cpu'],
  },
  CONVNET_ON_LOSS: {
    kind: 'choice',
    choices: ['restore', 'cpu', 'error'],
  },
  CONVNET_SNAPSHOT_STEPS: {
    kind: 'amount',
    default: 0,
  },
  CONVNET_DEFER: {
    kind: 'switch',
    default: true,
  },
  CONVNET_FETCH: {
    kind: 'choice',
    choices: ['auto', 'texture', 'texelFetch'],
  },
  CONVNET_MAX_TEXTURE_SIZE: {
    kind: 'amount',
    default: Number.POSITIVE_INFINITY,
  },
  CONVNET_MAX_DRAW_BUFFERS: {
    kind: 'amount',
    default: Number.POSITIVE_INFINITY,
  },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof flagTable;

/** What reading a flag gives. */
export type FlagValue<N extends FlagName> = (typeof flagTable)[N] extends { readonly choices: readonly (infer T)[] }
  ? T
  : (typeof flagTable)[N] extends SwitchFlag
    ? boolean
    : (typeof flagTable)[N] extends CountFlag
      ? number | 'auto'
      : number;

export function defaultOf(flag: Flag): string | number | boolean {
  if (flag.kind === 'choice') return flag.choices[0];
  return flag.kind === 'count' ? 'auto' : flag.default;
}

/** The values that a flag takes, in words: for messages and README. */
export function allowedText(flag: Flag): string {
  switch (flag.kind) {
    case 'choice':
      return `one of ${flag.choices.join(' ')}`;
    case 'count':
      return `auto or an integer from 1 to ${flag.max}`;
    case 'amount':
      return 'a number from 0 up';
    case 'switch':
      return 'true or false';
    default:
      return flag satisfies never;
  }
}

/** The value that a flag has been set to, or undefined where it is not allowed. Addresses of pages give texts. */
export function parseFlag(flag: Flag, given: unknown): string | number | boolean | undefined {
  switch (flag.kind) {
    case 'choice':
      return flag.choices.find((choice) => choice === given);
    case 'count': {
      if (given === 'auto') return given;
      const count = toNumber(given);
      return Number.isInteger(count) && count >= 1 && count <= flag.max ? count : undefined;
    }
    case 'amount': {
      const amount = toNumber(given);
      return amount >= 0 ? amount : undefined;
    }
    case 'switch':
      return typeof given === 'boolean' ? given : undefined;
    default:
      return flag satisfies never;
  }
}

function toNumber(given: unknown): number {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
}
