// Listens to a WebGL context: what a draw reads and writes, whoever draws. Both kinds of draws, ours (gl/draw.ts) and
// those of TensorFlow.js (gpgpu_math.ts), set all that they need after gl.useProgram(): uniforms and textures. So a draw
// is what has been set since then, with the framebuffer and the viewport of the moment.

type Gl = WebGL2RenderingContext;
type Call = (...args: never[]) => unknown;
type Box = readonly [number, number, number, number];

/** A call of gl.uniform...(); arrays are copies. */
export interface UniformCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

export interface BoundTexture {
  readonly unit: number;
  readonly target: GLenum;
  readonly handle: WebGLTexture;
}

/** A draw as WebGL gets it. */
export interface GlDraw {
  readonly program: WebGLProgram;
  readonly vertexArray: WebGLVertexArrayObject | null;
  readonly call: { readonly name: 'drawArrays' | 'drawElements'; readonly args: readonly number[] };
  readonly viewport: Box;
  readonly scissor: Box;
  readonly uniforms: readonly UniformCall[];
  readonly textures: readonly BoundTexture[];
  readonly targets: readonly Attachment[];
}

/** A layer of a texture that a draw fills. */
export interface Attachment {
  readonly handle: WebGLTexture;
  readonly layer: number;
}

export interface GlListener {
  draw(draw: GlDraw): void;
  /** Values of JavaScript go into a texture. */
  upload(handle: WebGLTexture | undefined, values: unknown): void;
  /** JavaScript reads from these textures; called before it does. */
  read(handles: readonly WebGLTexture[]): void;
  /** A function that changes textures in a way that nobody records; called before it runs. */
  unknown(name: string): void;
}

const uniformNames = [1, 2, 3, 4].flatMap((n) =>
  ['f', 'i', 'ui'].flatMap((t) => [`uniform${n}${t}`, `uniform${n}${t}v`]),
);
const unknownNames = [
  'blitFramebuffer',
  'clear',
  'clearBufferfv',
  'compressedTexSubImage2D',
  'copyTexImage2D',
  'copyTexSubImage2D',
  'copyTexSubImage3D',
  'drawArraysInstanced',
  'drawElementsInstanced',
  'drawRangeElements',
  'generateMipmap',
  'uniformMatrix2fv',
  'uniformMatrix3fv',
  'uniformMatrix4fv',
];

/** The state of a context, as far as draws depend on it. */
export class GlState {
  private program: WebGLProgram | null = null;
  private vertexArray: WebGLVertexArrayObject | null = null;
  private viewport: Box = [0, 0, 0, 0];
  private scissor: Box = [0, 0, 0, 0];
  /** Set since gl.useProgram(). */
  private uniforms: UniformCall[] = [];
  private textures = new Map<number, BoundTexture>();
  private unit = 0;
  private readonly bound = new Map<number, WebGLTexture | null>();
  private framebuffer: WebGLFramebuffer | null = null;
  private readonly attachments = new Map<WebGLFramebuffer, Map<GLenum, Attachment>>();

  constructor(private readonly gl: Gl) {}

  /** Notes what a framebuffer draws into that was made before. */
  noteFramebuffer(framebuffer: WebGLFramebuffer, handle: WebGLTexture, layers: number): void {
    const all = Array.from(
      { length: layers },
      (_, layer) => [this.gl.COLOR_ATTACHMENT0 + layer, { handle, layer }] as const,
    );
    this.attachments.set(framebuffer, new Map(all));
  }

  /** Calls `listener` until the function that it returns is called. */
  listen(listener: GlListener): () => void {
    const hooks: Record<string, Call> = { ...this.stateHooks(), ...this.workHooks(listener) };
    for (const name of uniformNames) {
      hooks[name] = (...args: unknown[]) => void this.uniforms.push({ name, args: args.map(copied) });
    }
    for (const name of unknownNames) hooks[name] = () => listener.unknown(name);
    const restores = Object.entries(hooks).map(([name, hook]) => shadow(this.gl, name, hook));
    return () => {
      for (const restore of restores) restore();
    };
  }

  private stateHooks(): Record<string, Call> {
    const { gl } = this;
    const attach = (attachment: GLenum, handle: WebGLTexture | null, layer: number) => {
      if (!this.framebuffer) return;
      const own = this.attachments.get(this.framebuffer) ?? new Map<GLenum, Attachment>();
      if (handle) own.set(attachment, { handle, layer });
      else own.delete(attachment);
      this.attachments.set(this.framebuffer, own);
    };
    return {
      useProgram: (program: WebGLProgram | null) => {
        Object.assign(this, { program, uniforms: [], textures: new Map() });
      },
      bindVertexArray: (array: WebGLVertexArrayObject | null) => {
        this.vertexArray = array;
      },
      viewport: (...box: Box) => {
        this.viewport = box;
      },
      scissor: (...box: Box) => {
        this.scissor = box;
      },
      activeTexture: (unit: GLenum) => {
        this.unit = unit - gl.TEXTURE0;
      },
      bindTexture: (target: GLenum, handle: WebGLTexture | null) => {
        const { unit } = this;
        this.bound.set(unit, handle);
        if (handle) this.textures.set(unit, { unit, target, handle });
        else this.textures.delete(unit);
      },
      bindFramebuffer: (_: GLenum, framebuffer: WebGLFramebuffer | null) => {
        this.framebuffer = framebuffer;
      },
      framebufferTexture2D: (_: GLenum, attachment: GLenum, __: GLenum, handle: WebGLTexture | null) => {
        attach(attachment, handle, 0);
      },
      framebufferTextureLayer: (
        ...[, attachment, handle, , layer]: [GLenum, GLenum, WebGLTexture | null, number, number]
      ) => attach(attachment, handle, layer),
      deleteFramebuffer: (framebuffer: WebGLFramebuffer | null) => {
        if (framebuffer) this.attachments.delete(framebuffer);
      },
    };
  }

  private workHooks(listener: GlListener): Record<string, Call> {
    const upload = (...args: unknown[]) => listener.upload(this.bound.get(this.unit) ?? undefined, args.at(-1));
    const draw = (name: GlDraw['call']['name']) => {
      return (...args: number[]) => listener.draw(this.drawOf(name, args));
    };
    return {
      drawArrays: draw('drawArrays'),
      drawElements: draw('drawElements'),
      texSubImage2D: (...args: unknown[]) => upload(...args.map(copied)),
      texSubImage3D: (...args: unknown[]) => upload(...args.map(copied)),
      texImage2D: (...args: unknown[]) => args.at(-1) !== null && upload(...args),
      readPixels: () => this.read(listener),
    };
  }

  /** Whoever reads into a buffer unbinds it afterwards, which a refusal prevents; every later read would fail. */
  private read(listener: GlListener): void {
    try {
      listener.read(this.attached().map(({ handle }) => handle));
    } catch (refusal) {
      this.gl.bindBuffer(this.gl.PIXEL_PACK_BUFFER, null);
      throw refusal;
    }
  }

  private drawOf(name: GlDraw['call']['name'], args: readonly number[]): GlDraw {
    const { program, vertexArray, viewport, scissor, uniforms, textures } = this;
    return {
      ...{ program: program as WebGLProgram, vertexArray, viewport, scissor, call: { name, args } },
      ...{ uniforms: [...uniforms], textures: [...textures.values()], targets: this.attached() },
    };
  }

  private attached(): Attachment[] {
    const own = this.framebuffer && this.attachments.get(this.framebuffer);
    return own ? [...own.values()] : [];
  }
}

function copied(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return (value as Float32Array).slice();
  return Array.isArray(value) ? [...value] : value;
}

/** Puts `hook` before a function of the context. */
function shadow(gl: Gl, name: string, hook: Call): () => void {
  const before = Object.getOwnPropertyDescriptor(gl, name); // of a tool that listens too
  const original = (gl as unknown as Record<string, Call | undefined>)[name];
  if (!original) return () => {};
  const value = (...args: never[]) => {
    hook(...args);
    return original.apply(gl, args);
  };
  Object.defineProperty(gl, name, { configurable: true, writable: true, value });
  return () => {
    if (before) Object.defineProperty(gl, name, before);
    else delete (gl as unknown as Record<string, unknown>)[name];
  };
}
