// Synthetic shaders drawn over a target that is as large as the device needs: 64 x 64 fragments keep a software renderer
// busy for some milliseconds and a GPU for some microseconds, so the side is doubled until a draw is long enough.

import { now, threads } from './clock.js';
import { createProgram, createTarget, createTexture, finish, type Gl } from './gl.js';
import type { Draw } from './timing.js';

export interface ScaledShader {
  readonly source: string;
  readonly targets: number;
  /** Layers of one array (where undefined), or a 2D texture for each target. */
  readonly store?: 'array' | 'planes';
  /** What the first component of the first texel must be; not checked where undefined. */
  readonly expected?: number;
  /** Sets uniforms and textures; the program is the current one. */
  set(program: WebGLProgram): void;
}

export interface ScaledDraws {
  readonly draws: readonly Draw[];
  /** Of each draw. */
  readonly fragments: number;
}

const LONG_ENOUGH_MS = 4;
const SMALLEST = 64;
const LARGEST = 1024; // eight targets of 16 MiB

/** All shaders get the size that the first one needs. */
export async function scaledDraws(gl: Gl, shaders: readonly ScaledShader[]): Promise<ScaledDraws> {
  let side = SMALLEST;
  while (side < LARGEST && (await msOf(gl, setUp(gl, shaders[0], side))) < LONG_ENOUGH_MS) side *= 2;
  return { draws: shaders.map((shader) => setUp(gl, shader, side)), fragments: side * side };
}

function setUp(gl: Gl, { source, targets, store, expected, set }: ScaledShader, side: number): Draw {
  const program = createProgram(gl, source);
  const size = { width: side, height: side };
  const textures =
    store === 'planes'
      ? Array.from({ length: targets }, () => createTexture(gl, size))
      : [createTexture(gl, { ...size, layers: targets })];
  const target = createTarget(gl, textures);
  const draw = () => {
    gl.useProgram(program);
    set(program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, side, side);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  draw();
  const [value] = finish(gl);
  if (expected !== undefined && Math.abs(value - expected) > 1e-4 * Math.abs(expected)) {
    throw new Error(`a texel must be ${expected}; received ${value} from\n${source}`);
  }
  return draw;
}

async function msOf(gl: Gl, draw: Draw): Promise<number> {
  draw();
  finish(gl);
  const start = await now();
  draw();
  finish(gl);
  return ((await now()) - start) / threads();
}
