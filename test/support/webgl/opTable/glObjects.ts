// Counts the objects of a GL context: wraps the context's own create, delete and storage functions while a test runs.

/** Live objects by kind, and the bytes of live textures. */
export interface GlObjects {
  readonly textures: number;
  readonly framebuffers: number;
  readonly buffers: number;
  readonly programs: number;
  readonly shaders: number;
  readonly vertexArrays: number;
  readonly bytes: number;
}

const kinds = {
  textures: ['createTexture', 'deleteTexture'],
  framebuffers: ['createFramebuffer', 'deleteFramebuffer'],
  buffers: ['createBuffer', 'deleteBuffer'],
  programs: ['createProgram', 'deleteProgram'],
  shaders: ['createShader', 'deleteShader'],
  vertexArrays: ['createVertexArray', 'deleteVertexArray'],
} as const;

type Kind = keyof typeof kinds;
type Any = (...args: never[]) => unknown;

export class GlCounter {
  readonly #gl: WebGL2RenderingContext;
  readonly #live = new Map<Kind, Set<unknown>>();
  readonly #bytes = new Map<unknown, number>();
  readonly #restore: (() => void)[] = [];

  /** Counts from now on, until stop(). Objects that were there before are not counted, nor is their deletion. */
  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    for (const kind of Object.keys(kinds) as Kind[]) {
      const live = new Set<unknown>();
      this.#live.set(kind, live);
      const [create, remove] = kinds[kind];
      this.#wrap(create, (object) => live.add(object));
      this.#wrap(remove, (_, object) => {
        live.delete(object);
        this.#bytes.delete(object);
      });
    }
    this.#wrap('texStorage2D', (_, target, __, format, width, height) => this.#store(target, format, width, height, 1));
    this.#wrap('texStorage3D', (_, target, __, format, width, height, layers) => {
      this.#store(target, format, width, height, layers);
    });
  }

  get now(): GlObjects {
    const counts = [...this.#live].map(([kind, live]) => [kind, live.size]);
    const bytes = [...this.#bytes.values()].reduce((sum, size) => sum + size, 0);
    return { ...(Object.fromEntries(counts) as Record<Kind, number>), bytes };
  }

  stop(): void {
    for (const restore of this.#restore) restore();
  }

  #wrap(name: string, after: (result: unknown, ...args: number[]) => void): void {
    const gl = this.#gl as unknown as Record<string, Any | undefined>;
    const own = Object.hasOwn(gl, name) ? gl[name] : undefined;
    const original = (gl[name] as Any).bind(this.#gl);
    gl[name] = (...args) => {
      const result = original(...args);
      after(result, ...args);
      return result;
    };
    this.#restore.push(() => {
      if (own) gl[name] = own;
      else delete gl[name];
    });
  }

  #store(target: number, format: number, width: number, height: number, layers: number): void {
    const gl = this.#gl;
    const isArray = target === gl.TEXTURE_2D_ARRAY;
    const texture = gl.getParameter(isArray ? gl.TEXTURE_BINDING_2D_ARRAY : gl.TEXTURE_BINDING_2D);
    this.#bytes.set(texture, width * height * layers * bytesOf(gl, format));
  }
}

/** Bytes of a texel. */
function bytesOf(gl: WebGL2RenderingContext, format: number): number {
  const known: Record<number, number> = {
    [gl.RGBA32F]: 16,
    [gl.RGBA16F]: 8,
    [gl.R32F]: 4,
    [gl.R16F]: 2,
    [gl.RGBA8]: 4,
  };
  if (known[format] === undefined) throw new Error(`a texture's format must be known; received format=${format}`);
  return known[format];
}
