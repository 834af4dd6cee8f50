// Every flag of this package, in one table: the code reads it, README's section is written from it, and a test compares
// the two. src/tfjs/flags.ts registers the flags with TensorFlow.js, where users set them:
//
//   tf.env().set('CONVNET_WINOGRAD', 'off')        or in a page's address: ?tfjsflags=CONVNET_WINOGRAD:off
//
// A value that is not allowed becomes the default, with a warning.

import { maxThreads } from '../../kernels/threads.js';
import { winogradChoices } from '../../kernels/winograd.js';

/** When the code looks at a flag. */
type ReadAt = 'a backend starts' | 'an operation runs' | 'a texture is given back' | 'weights are packed';

interface Described {
  readonly readAt: ReadAt;
  /** One or two sentences for README, in Markdown. */
  readonly about: string;
}

/** One of a few words. The first is the default. */
export interface ChoiceFlag extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
}

/** `auto`, which is the default, or a whole number from 1 to `max`. */
export interface CountFlag extends Described {
  readonly kind: 'count';
  readonly max: number;
}

/** A number from 0 up. */
export interface AmountFlag extends Described {
  readonly kind: 'amount';
  readonly default: number;
}

/** True or false. */
export interface SwitchFlag extends Described {
  readonly kind: 'switch';
  readonly default: boolean;
}

export type Flag = ChoiceFlag | CountFlag | AmountFlag | SwitchFlag;

export const flagTable = {
  CONVNET_DEVICE: {
    kind: 'choice',
    choices: ['auto', 'webgl', 'cpu'],
    readAt: 'a backend starts',
    about:
      'Engine of the backend `convnet`. `auto` takes WebGL2 on a suitable GPU, else the CPU. `webgl` takes WebGL2 on ' +
      'any renderer; where it cannot start, the CPU computes and `backendInfo().reason` says why. `cpu` takes the CPU.',
  },
  CONVNET_WINOGRAD: {
    kind: 'choice',
    choices: winogradChoices,
    readAt: 'an operation runs',
    about:
      "`auto` uses Winograd's F(4x4,3x3), and on the CPU F(2x2,5x5), where they are faster. `f2` uses F(2x2,3x3) on the " +
      'CPU, which rounds less than a plain sum, and plain sums on WebGL2. `off` uses plain sums everywhere.',
  },
  CONVNET_THREADS: {
    kind: 'count',
    max: maxThreads,
    readAt: 'a backend starts',
    about:
      'Threads of the CPU engine. `auto` is the number of cores, 8 at most, where there is `SharedArrayBuffer`. ' +
      '`setThreadsCount(n)` overrules it.',
  },
  CONVNET_SIMD: {
    kind: 'choice',
    choices: ['auto', 'plain', 'off'],
    readAt: 'a backend starts',
    about:
      'Instructions of the CPU engine. `plain` has no fused multiply-add, so every machine gives the same bits. `off` ' +
      'is plain JavaScript, which also runs where there is no WebAssembly SIMD.',
  },
  CONVNET_REVEC: {
    kind: 'choice',
    choices: ['off', 'on'],
    readAt: 'a backend starts',
    about:
      '`on` lets V8 join vectors into 256 bits while our kernels compile, after a self-test. It needs x64 and Node 24 or ' +
      'newer, and is an experiment of V8. Matrix products run about twice as fast.',
  },
  CONVNET_WEIGHT_CACHE_MB: {
    kind: 'amount',
    default: 256,
    readAt: 'weights are packed',
    about: 'Budget of the CPU engine for packed weights. The least recently used go first.',
  },
  CONVNET_PRECISION: {
    kind: 'choice',
    choices: ['auto', 'f32', 'f16'],
    readAt: 'a backend starts',
    about: 'Textures of the WebGL2 engine. `auto` has 32 bits where the GPU renders to them, else 16.',
  },
  CONVNET_TEXTURE_CACHE_MB: {
    kind: 'amount',
    default: 256,
    readAt: 'a texture is given back',
    about:
      "Budget for the WebGL2 engine's textures that wait to be used again. The least recently used go first. " +
      '`tf.memory()` counts them.',
  },
  CONVNET_DEFER: {
    kind: 'switch',
    default: true,
    readAt: 'an operation runs',
    about:
      '`true` draws a convolution when its result is asked for, together with what follows it. `false` draws at once, ' +
      'for measurements of single operations.',
  },
  CONVNET_FETCH: {
    kind: 'choice',
    choices: ['auto', 'texture', 'texelFetch'],
    readAt: 'a backend starts',
    about: 'How shaders read texels. `auto` is `texture` on software renderers and `texelFetch` on GPUs.',
  },
  CONVNET_MAX_TEXTURE_SIZE: {
    kind: 'amount',
    default: Number.POSITIVE_INFINITY,
    readAt: 'a backend starts',
    about: "Upper bound for the device's largest texture, in texels a side. Tests use it to simulate a smaller device.",
  },
  CONVNET_MAX_DRAW_BUFFERS: {
    kind: 'amount',
    default: Number.POSITIVE_INFINITY,
    readAt: 'a backend starts',
    about: "Upper bound for the device's render targets. Tests use it to simulate a smaller device.",
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
