// One draw of a program of ours into a framebuffer. Leaves the program, the framebuffer, the viewport and the bound textures
// behind: TensorFlow.js sets its own before it draws.

import type { TileCaps, TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import { ContextLoss } from './contextLoss.js';
import { Programs } from './programs.js';
import type { Texture } from './textures.js';

export interface Draw {
  readonly program: TileProgram;
  /** By name of input. */
  readonly inputs: Readonly<Record<string, Texture>>;
  /** Four for each name in program.ints. */
  readonly ints: readonly number[];
  /** Four for each name in program.floats. */
  readonly floats?: readonly number[];
  readonly framebuffer: WebGLFramebuffer;
  /** x, y, width, height of the texels that are computed. */
  readonly viewport: readonly [number, number, number, number];
}

export class Drawer {
  readonly #gl: WebGL2RenderingContext;
  readonly #caps: TileCaps;
  readonly #programs: Programs;
  readonly #noAttributes: WebGLVertexArrayObject;
  /** While this is there, draws are noted and their programs begun, but nothing is computed. */
  recording?: Map<string, TileProgram>;

  constructor(gl: WebGL2RenderingContext, caps: TileCaps) {
    this.#gl = gl;
    this.#caps = caps;
    this.#programs = Programs.of(gl);
    this.#noAttributes = gl.createVertexArray() as WebGLVertexArrayObject;
  }

  draw({ program: description, inputs, ints, floats = [], framebuffer, viewport }: Draw): void {
    ContextLoss.of(this.#gl).check();
    if (this.recording) {
      this.recording.set(description.key, description);
      this.#programs.begin(description, this.#caps);
      return;
    }
    const gl = this.#gl;
    const program = this.#programs.get(description, this.#caps);
    gl.useProgram(program.handle);
    gl.bindVertexArray(this.#noAttributes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.viewport(...viewport);
    gl.scissor(...viewport);
    const texels: number[] = [];
    program.inputs.forEach((name, unit) => {
      const { handle, target, width, height } = inputs[name];
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(target, handle);
      texels.push(1 / width, 1 / height, width - 1, height - 1);
    });
    gl.uniform4iv(program.ints, ints);
    gl.uniform4fv(program.floats, [...texels, ...floats]);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Resolves when all programs are linked, without blocking the page where the driver allows it. */
  whenLinked(): Promise<void> {
    return this.#programs.whenLinked();
  }

  dispose(): void {
    this.#gl.deleteVertexArray(this.#noAttributes);
  }
}
