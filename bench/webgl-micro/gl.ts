// The few WebGL2 calls that the microbenchmarks are made of. They are not timed, so all is checked.

export type Gl = WebGL2RenderingContext;

export interface TextureSpec {
  readonly width: number;
  readonly height: number;
  /** A 2D texture where there are none. */
  readonly layers?: number;
  readonly format?: 'RGBA32F' | 'RGBA16F';
  /** Values, or one for all. */
  readonly data?: Float32Array | number;
}

export type Texture = TextureSpec & { readonly handle: WebGLTexture; readonly bindPoint: number };

export function createGl(): Gl {
  const gl = document.createElement('canvas').getContext('webgl2', { antialias: false, depth: false, alpha: false });
  if (!gl?.getExtension('EXT_color_buffer_float')) throw new Error('WebGL2 with EXT_color_buffer_float is needed');
  return gl;
}

/** One level, nearest, clamped: the cheapest state that a float texture can be in. */
export function createTexture(gl: Gl, spec: TextureSpec): Texture {
  const { width, height, layers, format = 'RGBA32F', data } = spec;
  const values = typeof data === 'number' ? new Float32Array(width * height * (layers ?? 1) * 4).fill(data) : data;
  const handle = gl.createTexture();
  const bindPoint = layers === undefined ? gl.TEXTURE_2D : gl.TEXTURE_2D_ARRAY;
  gl.bindTexture(bindPoint, handle);
  if (layers === undefined) {
    gl.texStorage2D(bindPoint, 1, gl[format], width, height);
    if (values) gl.texSubImage2D(bindPoint, 0, 0, 0, width, height, gl.RGBA, gl.FLOAT, values);
  } else {
    gl.texStorage3D(bindPoint, 1, gl[format], width, height, layers);
    if (values) gl.texSubImage3D(bindPoint, 0, 0, 0, 0, width, height, layers, gl.RGBA, gl.FLOAT, values);
  }
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(bindPoint, filter, gl.NEAREST);
  for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(bindPoint, wrap, gl.CLAMP_TO_EDGE);
  return { ...spec, handle, bindPoint };
}

/** A framebuffer whose targets are the layers of an array, or the 2D textures of a list, in their order. */
export function createTarget(gl: Gl, textures: readonly Texture[]): WebGLFramebuffer {
  const framebuffer = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  const points: number[] = [];
  for (const { handle, layers } of textures) {
    for (let layer = 0; layer < (layers ?? 1); layer++) {
      const point = gl.COLOR_ATTACHMENT0 + points.length;
      if (layers === undefined) gl.framebufferTexture2D(gl.FRAMEBUFFER, point, gl.TEXTURE_2D, handle, 0);
      else gl.framebufferTextureLayer(gl.FRAMEBUFFER, point, handle, 0, layer);
      points.push(point);
    }
  }
  gl.drawBuffers(points);
  const status = gl.checkFramebufferStatus(gl.FRAMEBUFFER);
  if (status !== gl.FRAMEBUFFER_COMPLETE) throw new Error(`framebuffer of ${points.length} targets: status ${status}`);
  return framebuffer;
}

/** One triangle that covers the viewport: a second one would run the fragments along the diagonal twice. */
const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4. - 1., 0., 1.);
}`;
const HEADER = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler2DArray;
`;

/** @param fragment GLSL without version and precisions. */
export function createProgram(gl: Gl, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  const compile = (kind: number, source: string) => {
    const shader = gl.createShader(kind) as WebGLShader;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    return shader;
  };
  const shaders = [compile(gl.VERTEX_SHADER, VERTEX), compile(gl.FRAGMENT_SHADER, HEADER + fragment)];
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  const logs = [gl.getProgramInfoLog(program), ...shaders.map((shader) => gl.getShaderInfoLog(shader))];
  const lines = (HEADER + fragment).split('\n').map((line, i) => `${i + 1}: ${line}`);
  throw new Error([...logs, ...lines].join('\n'));
}

/** Binds textures to units 0, 1, ... and to the samplers of these names; the program must be the current one. */
export function bindTextures(gl: Gl, program: WebGLProgram, textures: Readonly<Record<string, Texture>>): void {
  for (const [unit, [name, { handle, bindPoint }]] of Object.entries(textures).entries()) {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(bindPoint, handle);
    gl.uniform1i(gl.getUniformLocation(program, name), unit);
  }
}

export function setInts(gl: Gl, program: WebGLProgram, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) gl.uniform1i(gl.getUniformLocation(program, name), value);
}

/** Waits until everything queued is done, by reading a texel of the current framebuffer's first target. */
export const finish = (gl: Gl): Float32Array => readTarget(gl, 0, 1, 1);

// All values of one target of the current framebuffer.
export function readTarget(gl: Gl, target: number, width: number, height: number): Float32Array {
  const values = new Float32Array(width * height * 4);
  gl.readBuffer(gl.COLOR_ATTACHMENT0 + target);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, values);
  return values;
}
