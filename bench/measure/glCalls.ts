// Listening to the functions of WebGL that every backend must call. A listener stays for the life of the page.

const DRAWS = ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced'] as const;
type Method = (typeof DRAWS)[number] | 'linkProgram' | 'deleteTexture' | `tex${'Storage' | 'Image'}${'2D' | '3D'}`;

/** `act` gets the arguments of every call, before the browser does. */
export function beforeGl(name: Method, act: (gl: WebGL2RenderingContext, args: readonly unknown[]) => void): void {
  const methods = WebGL2RenderingContext.prototype as unknown as Record<Method, (...args: unknown[]) => unknown>;
  const original = methods[name];
  methods[name] = function (this: WebGL2RenderingContext, ...args: unknown[]) {
    act(this, args);
    return original.apply(this, args);
  };
}

export function beforeDraws(act: (gl: WebGL2RenderingContext) => void): void {
  for (const name of DRAWS) beforeGl(name, act);
}
