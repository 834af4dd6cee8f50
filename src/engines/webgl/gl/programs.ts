// Tiled programs, compiled once for a GL context, whichever backend instance asks.

import { fragmentSource, type TileCaps, type TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import { ContextLoss } from './contextLoss.js';
import { DrawQueue } from './drawQueue.js';
import { ProgramFailure } from './failures.js';

/** A linked program with the places of its inputs and uniforms. */
export interface Program {
  readonly handle: WebGLProgram;
  /** Names of the inputs, in the order of their texture units. */
  readonly inputs: readonly string[];
  readonly intsLocation: WebGLUniformLocation | null;
  readonly floatsLocation: WebGLUniformLocation | null;
  /** The numbers for floatsLocation, which each draw fills anew: a vector for each input, then the program's own. */
  readonly floats: Float32Array;
}

interface Description {
  readonly description: TileProgram;
  readonly caps: TileCaps;
}

interface Linked extends Program, Description {
  /** How many results had been read when it was last drawn with. */
  reads: number;
}

/** After so many results have been read without a draw, a program is none that the next inference needs. */
const RECENT = 8;

interface Pending extends Description {
  readonly handle: WebGLProgram;
  readonly fragment: WebGLShader;
  readonly fence: WebGLSync | null;
}

// One oversized triangle: two would share a diagonal, whose fragments are computed twice.
const VERTEX_SOURCE = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}
`;

const caches = new WeakMap<WebGL2RenderingContext, Programs>();

export class Programs {
  readonly #gl: WebGL2RenderingContext;
  readonly #pending = new Map<string, Pending>();
  readonly #linked = new Map<string, Linked>();
  #reads = 0;
  /** Those that were drawn with of late when the context was lost. */
  #lost: readonly Description[] = [];
  #parallel: KHR_parallel_shader_compile | null;
  #vertex?: WebGLShader;

  /** Those of this context. */
  static of(gl: WebGL2RenderingContext): Programs {
    const programs = caches.get(gl) ?? new Programs(gl);
    caches.set(gl, programs);
    return programs;
  }

  private constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#parallel = gl.getExtension('KHR_parallel_shader_compile');
    ContextLoss.of(gl).add({
      onLost: () => {
        const recent = [...this.#linked.values()].filter(({ reads }) => reads >= this.#reads - RECENT);
        this.#lost = [...recent, ...this.#pending.values()];
        this.#pending.clear();
        this.#linked.clear();
        this.#vertex = undefined;
      },
      onRestored: () => {
        this.#parallel = gl.getExtension('KHR_parallel_shader_compile');
        // Side by side, in the background, where the driver can: the next prediction finds them. Others are compiled when
        // they are asked for: a driver with one thread would have the next prediction wait for all.
        for (const { description, caps } of this.#lost) this.begin(description, caps);
        this.#lost = [];
      },
    });
  }

  /** How many programs there are, with those that are still being linked. */
  get size(): number {
    return this.#linked.size + this.#pending.size;
  }

  /** Whether drawing with a program that has been begun waits for nothing more; also if the driver has refused it since. */
  isReady(description: TileProgram, caps: TileCaps): boolean {
    const key = keyOf(description, caps);
    if (this.#linked.has(key)) return true;
    const pending = this.#pending.get(key);
    return pending === undefined || this.#isLinked(pending);
  }

  /** Told of each result that is read. */
  noteRead(): void {
    this.#reads++;
  }

  /** Lets the driver begin to compile a program; get() or whenLinked() finishes it. */
  begin(description: TileProgram, caps: TileCaps): void {
    const key = keyOf(description, caps);
    if (this.#linked.has(key) || this.#pending.has(key)) return;
    const gl = this.#gl;
    const handle = gl.createProgram() as WebGLProgram;
    this.#vertex ??= shader(gl, gl.VERTEX_SHADER, VERTEX_SOURCE);
    const fragment = shader(gl, gl.FRAGMENT_SHADER, fragmentSource(description, caps.fetch));
    gl.attachShader(handle, this.#vertex);
    gl.attachShader(handle, fragment);
    gl.linkProgram(handle);
    // Without the extension a fence tells: the driver has passed it when it has linked what came before.
    const fence = DrawQueue.of(gl).aside(() => {
      const made = this.#parallel ? null : gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
      gl.flush(); // the driver begins now, not when the browser's buffer of commands is full
      return made;
    });
    this.#pending.set(key, { handle, fragment, fence, description, caps });
  }

  /** The linked program; waits for the driver where it has to. */
  get(description: TileProgram, caps: TileCaps): Program {
    const key = keyOf(description, caps);
    let program = this.#linked.get(key);
    if (program) {
      program.reads = this.#reads;
      return program;
    }
    this.begin(description, caps);
    const pending = this.#pending.get(key) as Pending;
    this.#pending.delete(key); // also if it fails: the next attempt begins anew
    program = this.#finish(pending);
    this.#linked.set(key, program);
    return program;
  }

  /** Waits for a program that has been begun; get() tells whether the driver has refused it. */
  link(description: TileProgram, caps: TileCaps): void {
    const pending = this.#pending.get(keyOf(description, caps));
    if (pending && this.#gl.getProgramParameter(pending.handle, this.#gl.LINK_STATUS)) this.get(description, caps);
  }

  /** Resolves when nothing is being linked any more, without blocking where the driver links in the background. */
  async whenLinked(): Promise<void> {
    for (const [key, pending] of this.#pending) {
      const { handle } = pending;
      while (!this.#isLinked(pending)) {
        await new Promise((resolve) => setTimeout(resolve, 4));
        ContextLoss.of(this.#gl).check();
        if (this.#pending.get(key)?.handle !== handle) break; // finished by get(), or lost with its context
      }
      if (this.#pending.get(key)?.handle !== handle) continue; // get() may have been faster
      this.#pending.delete(key);
      this.#linked.set(key, this.#finish(pending));
    }
  }

  /** Whether the driver is done with a program, as far as it says so without blocking. */
  #isLinked({ handle, fence }: Pending): boolean {
    const gl = this.#gl;
    const parallel = this.#parallel;
    // A context that is lost answers null, and whoever asks would wait for ever.
    if (parallel) return gl.getProgramParameter(handle, parallel.COMPLETION_STATUS_KHR) !== false;
    return fence === null || gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.UNSIGNALED;
  }

  #finish({ handle, fragment, fence, description, caps }: Pending): Linked {
    const gl = this.#gl;
    gl.deleteSync(fence);
    const isLinked = gl.getProgramParameter(handle, gl.LINK_STATUS);
    const complaint = isLinked ? '' : this.#complaint(handle, fragment);
    gl.detachShader(handle, fragment);
    gl.deleteShader(fragment);
    if (!isLinked) {
      gl.deleteProgram(handle);
      this.#vertex = undefined; // it may be what the driver has refused; the next program gets a new one
      ContextLoss.of(gl).check(); // links no program, and that is no fault of the program
      throw new ProgramFailure(description.key, complaint);
    }
    const inputs = Object.keys(description.inputs);
    gl.useProgram(handle);
    inputs.forEach((name, unit) => {
      gl.uniform1i(gl.getUniformLocation(handle, name), unit);
    });
    return {
      ...{ handle, inputs, description, caps, reads: this.#reads },
      intsLocation: gl.getUniformLocation(handle, 'ints[0]'),
      floatsLocation: gl.getUniformLocation(handle, 'floats[0]'),
      floats: new Float32Array(4 * (inputs.length + description.uniforms.vec4s)),
    };
  }

  /** The driver's log beside the lines that it names. */
  #complaint(handle: WebGLProgram, fragment: WebGLShader): string {
    const gl = this.#gl;
    const log = gl.getShaderInfoLog(fragment) || gl.getProgramInfoLog(handle) || 'no reason';
    const source = (gl.getShaderSource(fragment) ?? '').split('\n');
    const named = [...log.matchAll(/ERROR: \d+:(\d+)/g)].map(([, line]) => `${line}: ${source[Number(line) - 1]}`);
    return [log.trim(), ...new Set(named)].join('\n');
  }
}

function keyOf({ key }: TileProgram, { fetch }: TileCaps): string {
  return `${key} ${fetch}`;
}

function shader(gl: WebGL2RenderingContext, type: GLenum, source: string): WebGLShader {
  const handle = gl.createShader(type) as WebGLShader;
  gl.shaderSource(handle, source);
  gl.compileShader(handle);
  return handle;
}
