// One draw of a program of ours. It leaves the program, the framebuffer, the viewport and the textures bound, because
// TensorFlow.js binds its own before it draws. A draw whose program is still being compiled may wait (drawQueue.ts).

import type { TileCaps, TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import type { PackedUniforms, TiledDeclaration, Uniforms } from '../../../../kernels/glsl/tiled/uniforms.js';
import type { UniformValues } from '../../../../kernels/glsl/uniforms.js';
import { ContextLoss } from './contextLoss.js';
import { DrawQueue } from './drawQueue.js';
import { ProgramFailure } from './failures.js';
import { type Program, Programs } from './programs.js';
import { LentFramebuffer, type Target } from './targets.js';
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
  /** A framebuffer, or the textures that are attached to one as long as the draw lasts. */
  readonly into: WebGLFramebuffer | readonly Target[];
  /** x, y, width, height of the texels that are computed. */
  readonly viewport: readonly [number, number, number, number];
}

/** What the driver has refused first when the draws that waited for it were due. */
interface Refused {
  error?: ProgramFailure;
}

export class Drawer {
  readonly #gl: WebGL2RenderingContext;
  readonly #caps: TileCaps;
  readonly #programs: Programs;
  readonly queue: DrawQueue;
  readonly #lent: LentFramebuffer;
  #noAttributes: WebGLVertexArrayObject;
  /** While this is set, draws are noted here and their programs begun, but nothing is computed. */
  recording?: Map<string, TileProgram>;
  #noted?: Set<string>;

  /** Told of each draw while somebody measures: begins, and ends with the function that it returns. */
  timer?: (name: string) => () => void;
  /** Whether a draw may wait: if the driver refuses its program, who asks areProgramsSound() has it computed again. */
  mayWait = () => false;
  #refused: Refused = {};

  constructor(gl: WebGL2RenderingContext, caps: TileCaps) {
    this.#gl = gl;
    this.#caps = caps;
    this.#programs = Programs.of(gl);
    this.queue = DrawQueue.of(gl);
    this.#lent = new LentFramebuffer(gl);
    this.#noAttributes = gl.createVertexArray() as WebGLVertexArrayObject;
  }

  draw(draw: Draw): void {
    const { program } = draw;
    ContextLoss.of(this.#gl).check();
    this.#noted?.add(program.key);
    if (this.recording) {
      this.recording.set(program.key, program);
      this.#programs.begin(program, this.#caps);
    } else if (this.#mustWait(program)) {
      const isReady = () => this.#programs.isReady(program, this.#caps);
      this.queue.add(this.#drawOrRefuse(draw), { isReady, link: () => this.#programs.link(program, this.#caps) });
    } else this.#draw(draw);
  }

  /** Whether a draw is to wait for its program, or for those before it. */
  #mustWait(program: TileProgram): boolean {
    if (this.timer || !this.mayWait()) return false;
    this.#programs.begin(program, this.#caps);
    return !this.queue.isEmpty || !this.#programs.isReady(program, this.#caps);
  }

  #drawOrRefuse(draw: Draw): () => void {
    const refused = this.#refused;
    return () => {
      try {
        this.#draw(draw);
      } catch (error) {
        if (!(error instanceof ProgramFailure)) throw error;
        refused.error ??= error;
      }
    };
  }

  #draw({ program: description, inputs, uniforms, into, viewport }: Draw): void {
    const gl = this.#gl;
    const program = this.#programs.get(description, this.#caps);
    const end = this.timer?.(description.key);
    gl.useProgram(program.handle);
    gl.bindVertexArray(this.#noAttributes);
    const giveBack = this.#lent.bind(into);
    gl.viewport(...viewport);
    gl.scissor(...viewport);
    this.#bindInputs(program, inputs);
    program.floats.set(uniforms.floats, 4 * program.inputs.length);
    if (uniforms.ints.length > 0) gl.uniform4iv(program.intsLocation, uniforms.ints);
    gl.uniform4fv(program.floatsLocation, program.floats);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    giveBack?.();
    end?.();
  }

  /** Whether the driver has refused no program of draws that waited, since this was asked last; but for those apart. */
  areProgramsSound(): boolean {
    this.queue.drain();
    const { error } = this.#refused;
    this.#refused.error = undefined;
    return error === undefined;
  }

  /** Runs `work`, of whose draws `check` throws what the driver has refused. */
  apart<T>(work: () => T): { readonly result: T; check(): void } {
    const outer = this.#refused;
    const refused: Refused = {};
    this.#refused = refused;
    const check = () => {
      this.queue.drain();
      if (refused.error) throw refused.error;
    };
    try {
      return { result: work(), check };
    } finally {
      this.#refused = outer;
    }
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
    this.#lent.forget();
    this.#noAttributes = this.#gl.createVertexArray() as WebGLVertexArrayObject;
  }

  dispose(): void {
    this.#gl.deleteVertexArray(this.#noAttributes);
    this.#lent.dispose();
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
