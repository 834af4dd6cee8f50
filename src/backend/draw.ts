// tf.browser.draw: pixels always go through a 2d context, on every engine. The host's kernel takes '2d' alone for a context
// type; the names under which WebGL backends are asked to draw mean the same picture on the same canvas.

import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

interface DrawAttrs {
  readonly canvas: HTMLCanvasElement;
  readonly options?: { readonly contextOptions?: { readonly contextType?: string } };
}

/** The `Draw` kernel among these draws on a 2d context also where a WebGL one, or the backend by name, is asked for. */
export function drawIn2d(kernels: readonly KernelConfig[], backendName: string): KernelConfig[] {
  const aliases = ['webgl', 'webgl2', backendName];
  return kernels.map((kernel) => {
    return kernel.kernelName === 'Draw' ? { ...kernel, kernelFunc: draw(kernel.kernelFunc, aliases) } : kernel;
  });
}

function draw(host: KernelFunc, aliases: readonly string[]): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { canvas, options } = attrs as unknown as DrawAttrs;
    const contextType = options?.contextOptions?.contextType;
    if (contextType == null || !aliases.includes(contextType)) return host({ inputs, attrs, backend });
    const in2d = { ...options, contextOptions: { ...options?.contextOptions, contextType: '2d' } };
    return host({ inputs, attrs: { canvas, options: in2d } as never, backend });
  };
}
