// tf.browser.draw: pixels go through a 2d context on every engine. The official kernel takes '2d' alone for a context type;
// the names under which WebGL backends are asked to draw mean the same picture on the same canvas.

import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

interface DrawAttrs {
  readonly canvas: HTMLCanvasElement;
  readonly options?: { readonly contextOptions?: { readonly contextType?: string } };
}

/** Makes the `Draw` kernel use a 2d context also where a WebGL context, or the backend by its name, is asked for. */
export function drawIn2d(kernels: readonly KernelConfig[], backendName: string): KernelConfig[] {
  const aliases = ['webgl', 'webgl2', backendName];
  return kernels.map((kernel) => {
    return kernel.kernelName === 'Draw' ? { ...kernel, kernelFunc: draw(kernel.kernelFunc, aliases) } : kernel;
  });
}

function draw(official: KernelFunc, aliases: readonly string[]): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { canvas, options } = attrs as unknown as DrawAttrs;
    const contextType = options?.contextOptions?.contextType;
    if (contextType == null || !aliases.includes(contextType)) return official({ inputs, attrs, backend });
    const in2d = { ...options, contextOptions: { ...options?.contextOptions, contextType: '2d' } };
    return official({ inputs, attrs: { canvas, options: in2d } as never, backend });
  };
}
