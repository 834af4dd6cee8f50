// One draw of a program of ours into a framebuffer. It leaves the program, the framebuffer, the viewport and the
// textures bound, because TensorFlow.js binds its own before it draws.

import type { TileCaps, TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import type { PackedUniforms, TiledDeclaration, Uniforms } from '../../../../kernels/glsl/tiled/uniforms.js';
import type { UniformValues } from '../../../../kernels/glsl/uniforms.js';
import { ContextLoss } from './contextLoss.js';
import { type Program, Programs } from './programs.js';
import type { Texture } from './textures.js';

/** A program with everything that it reads. */
export interface BoundProgram {
  readonly program: TileProgram;
  /** By name of input. */
  readonly inputs: Readonly<Record<string, Texture>>;
  readonly uniforms: PackedUniforms;
}

/** Binds a program to its inputs and to the values of its uniforms. */
export function bind<D extends TiledDeclaration>(
  program: TileProgram<Uniforms<D>>,
  inputs: BoundProgram['inputs'],
  values: UniformValues<NoInfer<D>>,
): BoundProgram {
  return { program, inputs, uniforms: program.uniforms.pack(values) };
}

export interface Draw extends BoundProgram {
  readonly framebuffer: WebGLFramebuffer;
  /** x, y, width, height of the texels that are computed. */
  readonly viewport: readonly [number, number, number, number];
}

export class Drawer {
  readonly #gl: WebGL2RenderingContext;
  readonly #caps: TileCaps;
  readonly #programs: Programs;
  #noAttributes: WebGLVertexArrayObject;
  /** While this is set, draws are noted here and their programs begun, but nothing is computed. */
  recording?: Map<string, TileProgram>;
  #noted?: Set<string>;

  /** Told of each draw while somebody measures: begins, and ends with the function that it returns. */
  timer?: (name: string) => () => void;

  constructor(gl: WebGL2RenderingContext, caps: TileCaps) {
    this.#gl = gl;
    this.#caps = caps;
    this.#programs = Programs.of(gl);
    this.#noAttributes = gl.createVertexArray() as WebGLVertexArrayObject;
  }

  draw({ program: description, inputs, uniforms, framebuffer, viewport }: Draw): void {
    ContextLoss.of(this.#gl).check();
    this.#noted?.add(description.key);
    if (this.recording) {
      this.recording.set(description.key, description);
      this.#programs.begin(description, this.#caps);
      return;
    }
    const gl = this.#gl;
    const program = this.#programs.get(description, this.#caps);
    const end = this.timer?.(description.key);
    gl.useProgram(program.handle);
    gl.bindVertexArray(this.#noAttributes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.viewport(...viewport);
    gl.scissor(...viewport);
    this.#bindInputs(program, inputs);
    program.floats.set(uniforms.floats, 4 * program.inputs.length);
    if (uniforms.ints.length > 0) gl.uniform4iv(program.intsLocation, uniforms.ints);
    gl.uniform4fv(program.floatsLocation, program.floats);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    end?.();
  }

  /** Runs `work` and tells the keys of the programs that it draws with. */
  noting<T>(work: () => T): { readonly result: T; readonly keys: readonly string[] } {
    const outer = this.#noted;
    const keys = new Set<string>();
    this.#noted = keys;
    try {
      return { result: work(), keys: [...keys] };
    } finally {
      this.#noted = outer;
    }
  }

  /** Resolves when all programs are linked, without blocking the page where the driver allows it. */
  whenLinked(): Promise<void> {
    return this.#programs.whenLinked();
  }

  /** Told of each result that is read: draws that are long past are those of other inferences. */
  noteRead(): void {
    this.#programs.noteRead();
  }

  /** The context is back, without what was made in it. */
  restore(): void {
    this.#noAttributes = this.#gl.createVertexArray() as WebGLVertexArrayObject;
  }

  dispose(): void {
    this.#gl.deleteVertexArray(this.#noAttributes);
  }

  /** Binds the textures, and notes their sizes among the floats. */
  #bindInputs({ inputs: names, floats }: Program, inputs: BoundProgram['inputs']): void {
    const gl = this.#gl;
    names.forEach((name, unit) => {
      const { handle, target, width, height } = inputs[name];
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(target, handle);
      floats[4 * unit] = 1 / width;
      floats[4 * unit + 1] = 1 / height;
      floats[4 * unit + 2] = width - 1;
      floats[4 * unit + 3] = height - 1;
    });
  }
}
