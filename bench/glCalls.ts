// Listening to WebGL: what every backend must call, whatever it says of itself. What is listened to once is for the life of the page.

type Draw = 'drawArrays' | 'drawElements' | 'drawArraysInstanced' | 'drawElementsInstanced';
type Method = Draw | 'linkProgram' | 'deleteTexture' | `tex${'Storage' | 'Image'}${'2D' | '3D'}`;

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
  for (const name of ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced'] as const) {
    beforeGl(name, act);
  }
}
