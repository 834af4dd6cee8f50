// A browser that takes the context of the current backend away, and gives it back.

import { webgl } from './opTable/operands.js';

export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Resolves at the next event of that name of the context's canvas. */
export function heard(event: string): Promise<unknown> {
  return new Promise((resolve) => webgl().gl2.canvas.addEventListener(event, resolve, { once: true }));
}

/** Loses the context and resolves when the backend has heard of it; `restore` gives it back. */
export async function lose(): Promise<{ restore(): Promise<void> }> {
  const { gl2 } = webgl();
  const extension = gl2.getExtension('WEBGL_lose_context') as WEBGL_lose_context;
  const isLost = heard('webglcontextlost');
  extension.loseContext();
  await isLost;
  return {
    async restore() {
      await nextTask(); // a browser does not restore from within a listener
      const isBack = heard('webglcontextrestored');
      extension.restoreContext();
      await isBack;
    },
  };
}

export async function loseAndRestore(): Promise<void> {
  await (await lose()).restore();
}
