// A GPU that refuses: functions of a context that fail from their n-th call on, as a driver without memory does.

type Any = (...args: never[]) => unknown;

/** Calls of one kind that fail. */
export class Spoiler {
  /** How many calls there were. */
  calls = 0;
  readonly #gl: WebGL2RenderingContext;
  readonly #names: readonly string[];

  /**
   * @param fails Whether call number n, counted from 0, fails.
   * @param spoil Makes arguments into those of a call that fails.
   */
  constructor(
    gl: WebGL2RenderingContext,
    names: readonly string[],
    fails: (n: number) => boolean,
    spoil: (name: string, args: unknown[]) => unknown[],
  ) {
    this.#gl = gl;
    this.#names = names;
    for (const name of names) {
      const own = gl as unknown as Record<string, Any>;
      const original = own[name].bind(gl) as (...args: unknown[]) => unknown;
      own[name] = ((...args: unknown[]) => original(...(fails(this.calls++) ? spoil(name, args) : args))) as Any;
    }
  }

  stop(): void {
    for (const name of this.#names) delete (this.#gl as unknown as Record<string, unknown>)[name];
  }
}

/** Storage of textures fails: the sizes become larger than any device has. */
export function spoilTextures(gl: WebGL2RenderingContext, fails: (n: number) => boolean): Spoiler {
  return new Spoiler(gl, ['texStorage2D', 'texStorage3D'], fails, (_, args) => [
    ...args.slice(0, 3),
    1e9,
    1e9,
    ...args.slice(5),
  ]);
}

/** Fragment shaders do not compile. */
export function spoilShaders(gl: WebGL2RenderingContext, fails: (n: number) => boolean): Spoiler {
  return new Spoiler(gl, ['shaderSource'], fails, (_, [shader, source]) => [
    shader,
    String(source).replace('void main', 'void 7main'),
  ]);
}

/** Framebuffers stay without a texture, so that they are not complete. */
export function spoilFramebuffers(gl: WebGL2RenderingContext, fails: (n: number) => boolean): Spoiler {
  return new Spoiler(gl, ['framebufferTexture2D', 'framebufferTextureLayer'], fails, (name, args) => {
    const at = name === 'framebufferTexture2D' ? 3 : 2;
    return args.map((value, i) => (i === at ? null : value));
  });
}
