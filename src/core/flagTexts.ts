// What README says of each flag. The code does not import it, so that no page loads it. A flag without a text, and a text
// without a flag, is a compile error.

import type { FlagName } from './flags.js';

interface FlagText {
  /** When the code looks at the flag. */
  readonly readAt:
    | 'a backend starts'
    | 'an operation runs'
    | 'a texture is given back'
    | 'weights are packed'
    | 'a context is lost'
    | 'a training step ends';
  /** One or two sentences, in Markdown. */
  readonly about: string;
}

export const flagTexts: Readonly<Record<FlagName, FlagText>> = {
  CONVNET_DEVICE: {
    readAt: 'a backend starts',
    about:
      'Engine of the backend `convnet`. `auto` takes WebGL2 on a suitable GPU, else the CPU. `webgl` takes WebGL2 on ' +
      'any renderer; where it cannot start, the CPU computes and `backendInfo().reason` says why. `cpu` takes the CPU.',
  },
  CONVNET_WINOGRAD: {
    readAt: 'an operation runs',
    about:
      "`auto` uses Winograd's F(4x4,3x3), and on the CPU F(2x2,5x5), where they are faster. `f2` uses F(2x2,3x3) on the " +
      'CPU, which rounds less than a plain sum, and plain sums on WebGL2. `off` uses plain sums everywhere.',
  },
  CONVNET_THREADS: {
    readAt: 'a backend starts',
    about:
      'Threads of the CPU engine. `auto` is the number of cores, 8 at most, where there is `SharedArrayBuffer`. ' +
      '`setThreadsCount(n)` overrules it.',
  },
  CONVNET_SIMD: {
    readAt: 'a backend starts',
    about:
      'Instructions of the CPU engine. `plain` has no fused multiply-add, so every machine gives the same bits. `off` ' +
      'is plain JavaScript, which also runs where there is no WebAssembly SIMD.',
  },
  CONVNET_REVEC: {
    readAt: 'a backend starts',
    about:
      'V8 joins vectors into 256 bits while our kernels compile, which is an experiment of V8: the same bits, sooner. ' +
      '`auto` does so after a self-test in Node 24 and 26 on x64, whose V8 is tested for it, and `on` in later ' +
      'versions, too. `backendInfo().features.revecOff` says why not.',
  },
  CONVNET_WEIGHT_CACHE_MB: {
    readAt: 'weights are packed',
    about: 'Budget of the CPU engine for packed weights. The least recently used go first.',
  },
  CONVNET_PRECISION: {
    readAt: 'a backend starts',
    about: 'Textures of the WebGL2 engine. `auto` has 32 bits where the GPU renders to them, else 16.',
  },
  CONVNET_TEXTURE_CACHE_MB: {
    readAt: 'a texture is given back',
    about:
      "Budget for the WebGL2 engine's textures that wait to be used again, those of inherited kernels too. The least " +
      'recently used go first. `tf.memory()` counts them.',
  },
  CONVNET_ON_FAILURE: {
    readAt: 'an operation runs',
    about:
      'What happens on WebGL2 where the GPU has no memory for a texture, or its driver does not compile a program. ' +
      '`error` throws and leaves nothing behind. `cpu` runs that operation on the CPU engine, with one warning; ' +
      'nothing is deferred then.',
  },
  CONVNET_ON_LOSS: {
    readAt: 'a context is lost',
    about:
      'What happens when the browser takes the WebGL context away. `restore` goes on with it once it is back, `cpu` goes ' +
      'on with the CPU engine at once, `error` throws until the backend is registered anew.',
  },
  CONVNET_SNAPSHOT_STEPS: {
    readAt: 'a training step ends',
    about:
      'Every so many steps all variables are copied to the CPU, from where they come back after a lost context. `0` ' +
      'makes no copies: variables that were trained on the GPU are lost then, and reading them throws.',
  },
  CONVNET_DEFER: {
    readAt: 'an operation runs',
    about:
      '`true` draws a convolution when its result is asked for, together with what follows it. `false` draws at once, ' +
      'for measurements of single operations.',
  },
  CONVNET_FETCH: {
    readAt: 'a backend starts',
    about: 'How shaders read texels. `auto` is `texture` on software renderers and `texelFetch` on GPUs.',
  },
  CONVNET_MAX_TEXTURE_SIZE: {
    readAt: 'a backend starts',
    about: "Upper bound for the device's largest texture, in texels a side. Tests use it to simulate a smaller device.",
  },
  CONVNET_MAX_DRAW_BUFFERS: {
    readAt: 'a backend starts',
    about: "Upper bound for the device's render targets. Tests use it to simulate a smaller device.",
  },
};
