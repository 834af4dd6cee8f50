// Compiling ahead: the wait of the first prediction, moved to where it blocks nobody. The model runs once with the
// draws left out, so that the driver gets all programs at once and can link them side by side
// (KHR_parallel_shader_compile). Then each program of ours draws one texel, because drivers build the final code at the
// first draw.

import { env } from '@tensorflow/tfjs-core';
import type { TileProgram } from '../../../kernels/glsl/tiled/program.js';
import type { PackedUniforms } from '../../../kernels/glsl/tiled/uniforms.js';
import type { ContextLoss } from './gl/contextLoss.js';
import { asGpuFailure } from './gl/failures.js';
import type { SelfTest } from './selfTest.js';
import type { TensorStore } from './tensors/tensorStore.js';

/** The parts of the backend that compiling ahead needs. */
export interface CompilingBackend {
  readonly gl2: WebGL2RenderingContext;
  readonly tensors: TensorStore;
  readonly selfTest: SelfTest;
  readonly contextLoss: ContextLoss;
  /** The programs of TensorFlow.js, by key. */
  readonly tfjsPrograms: Record<string, { readonly webGLProgram: WebGLProgram }>;
  checkCompileCompletion(): void;
  getUniformLocations(): void;
}

export async function warmUp(backend: CompilingBackend, run: () => void): Promise<void> {
  const programs = record(backend, run);
  await backend.tensors.drawer.whenLinked();
  await whenCompiled(backend);
  backend.getUniformLocations();
  while (backend.selfTest.runPostponed()) await nextTask();
  for (const program of programs) {
    drawOneTexel(backend.tensors, backend.gl2, program);
    await nextTask();
  }
}

/** Waits until TensorFlow.js's programs are linked. Its own way would ask a lost context for ever. */
async function whenCompiled(backend: CompilingBackend): Promise<void> {
  const { gl2: gl, contextLoss, tfjsPrograms } = backend;
  const parallel = gl.getExtension('KHR_parallel_shader_compile');
  const { restored } = contextLoss;
  for (const { webGLProgram } of Object.values(tfjsPrograms)) {
    while (parallel && !gl.getProgramParameter(webGLProgram, parallel.COMPLETION_STATUS_KHR)) {
      await nextTask();
      contextLoss.check(restored);
    }
  }
  try {
    backend.checkCompileCompletion();
  } catch (error) {
    for (const [key, { webGLProgram }] of Object.entries(tfjsPrograms)) {
      if (!gl.getProgramParameter(webGLProgram, gl.LINK_STATUS)) delete tfjsPrograms[key];
    }
    throw asGpuFailure(error, 'warmup') ?? error;
  }
}

/** Runs `run` without its draws, and returns our programs that it draws with; TensorFlow.js caches its own. */
function record(backend: CompilingBackend, run: () => void): TileProgram[] {
  const { drawer } = backend.tensors;
  const programs = new Map<string, TileProgram>();
  const wasCompileOnly = env().getBool('ENGINE_COMPILE_ONLY');
  env().set('ENGINE_COMPILE_ONLY', true); // TensorFlow.js's programs are compiled and not run
  drawer.recording = programs;
  backend.selfTest.isPostponed = true;
  try {
    run();
  } finally {
    env().set('ENGINE_COMPILE_ONLY', wasCompileOnly);
    drawer.recording = undefined;
    backend.selfTest.isPostponed = false;
  }
  return [...programs.values()];
}

/** Whether programs are only being compiled: data that are made meanwhile have no values. */
export function isCompileOnly(): boolean {
  return env().getBool('ENGINE_COMPILE_ONLY');
}

/** Does work with data that outlive the recording, such as the weights of a model that has just been trained. */
export function outsideOfRecording<T>(backend: CompilingBackend, work: () => T): T {
  if (!isCompileOnly()) return work();
  const { drawer } = backend.tensors;
  const { recording } = drawer;
  backend.checkCompileCompletion(); // TensorFlow.js cannot run programs whose compilation it has only begun
  backend.getUniformLocations();
  env().set('ENGINE_COMPILE_ONLY', false);
  drawer.recording = undefined;
  try {
    return work();
  } finally {
    env().set('ENGINE_COMPILE_ONLY', true);
    drawer.recording = recording;
  }
}

/** Draws one texel from textures of any content: the numbers do not matter, the formats do. */
function drawOneTexel(tensors: TensorStore, gl: WebGL2RenderingContext, program: TileProgram): void {
  const target = tensors.textures.acquire({ width: 3, height: 3, layers: program.targets });
  const source = tensors.textures.acquire({ width: 3, height: 4, layers: 1 });
  const inputs = Object.entries(program.inputs).map(([name, kind]) => [
    name,
    kind === 'tiles' ? source : tensors.matrices.zeros(),
  ]);
  tensors.drawer.draw({
    program,
    inputs: Object.fromEntries(inputs),
    uniforms: onesFor(program.uniforms),
    into: target.framebuffer,
    viewport: [1, 0, 1, 1],
  });
  gl.flush();
  tensors.textures.release(source);
  tensors.textures.release(target);
}

/** Sizes of 1: loops end, divisions are defined. */
function onesFor({ ivec4s, vec4s }: TileProgram['uniforms']): PackedUniforms {
  return { ints: new Int32Array(4 * ivec4s).fill(1), floats: new Float32Array(4 * vec4s).fill(1) };
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
