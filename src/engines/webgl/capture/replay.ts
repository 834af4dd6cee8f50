// The draws of a captured model, ready to run.

import type { DataId, TensorInfo, TypedArray, Variable } from '@tensorflow/tfjs-core';
import { check } from '../../../core/errors.js';
import { readFlag } from '../../../tfjs/flags.js';
import type { WebglBackend } from '../backend.js';
import type { PoolTexture } from '../gl/budget.js';
import { bindInput, type InputPlace, type Operand } from './inputs.js';
import { newData, type Outputs } from './outputs.js';
import type { DrawStep, RecordedStep } from './recorder.js';
import type { VirtualTexture } from './virtualTexture.js';

export interface ReplayParts extends Outputs {
  readonly inputs: readonly InputPlace[];
  readonly steps: readonly DrawStep[];
  /** Textures of inputs, in the order of the inputs. */
  readonly inputTextures: readonly (PoolTexture | undefined)[];
  /** Textures of what lies between inputs and outputs. */
  readonly planned: readonly PoolTexture[];
  /** Textures of constants. */
  readonly constants: readonly VirtualTexture[];
  /** Textures that the draws read and that others own. */
  readonly guarded: Iterable<WebGLTexture>;
  /** Data that the run has read and that others own. */
  readonly external: Iterable<DataId>;
  /** Variables that it has read, with the data that they had. */
  readonly variables: readonly (readonly [Variable, DataId])[];
  /** Uses of kinds of the self-test. */
  readonly kinds: readonly string[];
}

/** A draw with its numbers bound. */
interface Step extends Omit<DrawStep, 'kind' | 'uniforms' | 'call'> {
  readonly uniforms: readonly (() => void)[];
  readonly draw: () => void;
}

interface Watchers<K> {
  get(key: K): Set<() => void> | undefined;
  set(key: K, tell: Set<() => void>): unknown;
  delete(key: K): boolean;
}

const flags = ['CONVNET_WINOGRAD', 'CONVNET_DEFER', 'CONVNET_FETCH', 'CONVNET_ON_FAILURE'] as const;

export class Replay {
  private readonly steps: readonly Step[];
  private readonly gl: WebGL2RenderingContext;
  /** Framebuffers for textures that have none of their own. */
  private readonly framebuffers = new Map<VirtualTexture, WebGLFramebuffer>();
  private readonly boxes = new Map<string, DrawStep['viewport']>();
  private readonly flags = flagValues();
  private readonly restored: number;
  private isChanged = false;

  constructor(
    private readonly backend: WebglBackend,
    private readonly parts: ReplayParts,
  ) {
    this.gl = backend.gl2;
    this.restored = backend.contextLoss.restored;
    this.steps = parts.steps.map((step) => this.prepare(step));
    this.attachPlanned();
    for (const dataId of parts.external) this.watch(backend.watchers, dataId);
    for (const handle of parts.guarded) this.watch(backend.tensors.textures.budget.guards, handle);
  }

  /**
   * Whether something that the draws rely on is no longer what it was: weights, their textures, flags, the context, or what
   * the self-test thinks of the programs, which it is told of as in any prediction.
   */
  get isStale(): boolean {
    const { kinds, variables } = this.parts;
    const { selfTest, contextLoss } = this.backend;
    checkContext(this.backend);
    return (
      this.isChanged ||
      contextLoss.restored !== this.restored ||
      variables.some(([variable, dataId]) => variable.dataId !== dataId) ||
      flagValues() !== this.flags ||
      kinds.filter((kind) => !selfTest.check(kind)).length > 0
    );
  }

  get draws(): number {
    return this.steps.length;
  }

  /** Bytes of the memory plan. */
  get planBytes(): number {
    return this.parts.planned.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The outputs for these inputs as new tensors. */
  predict(operands: readonly Operand[]): TensorInfo[] {
    const { backend, parts } = this;
    const data = backend.cleanly(() => this.draw(operands));
    const isTaken = new Set<number>();
    return parts.outputs.map(({ shape, dtype, data: i }) => {
      const { dataId } = data[i];
      if (isTaken.has(i)) backend.incRef(dataId);
      isTaken.add(i);
      return { dataId, shape: [...shape], dtype };
    });
  }

  /** The same, as arrays. */
  predictValues(operands: readonly Operand[]): TypedArray[] {
    const { backend } = this;
    const infos = this.predict(operands);
    try {
      return infos.map(({ dataId }) => (backend.readSync(dataId) as TypedArray).slice());
    } finally {
      for (const { dataId } of infos) backend.disposeData(dataId);
    }
  }

  /** Gives everything back. The replay cannot run afterwards. */
  dispose(): void {
    const { backend, gl, parts } = this;
    for (const dataId of parts.external) this.unwatch(backend.watchers, dataId);
    for (const handle of parts.guarded) this.unwatch(backend.tensors.textures.budget.guards, handle);
    for (const framebuffer of this.framebuffers.values()) gl.deleteFramebuffer(framebuffer);
    this.framebuffers.clear();
    for (const texture of [...parts.planned, ...parts.inputTextures]) texture?.release();
    for (const { texture } of parts.constants) texture.release?.();
  }

  private readonly noteChange = (): void => {
    this.isChanged = true;
  };

  private watch<K>(watchers: Watchers<K>, key: K): void {
    const own = watchers.get(key) ?? new Set();
    watchers.set(key, own.add(this.noteChange));
  }

  private unwatch<K>(watchers: Watchers<K>, key: K): void {
    const own = watchers.get(key);
    own?.delete(this.noteChange);
    if (own?.size === 0) watchers.delete(key);
  }

  /** Computes the outputs' data. */
  private draw(operands: readonly Operand[]): TensorInfo[] {
    const { backend, parts } = this;
    const data = parts.data.map((one) => newData(backend, one, operands));
    const made = parts.inputs.flatMap((input, i) => {
      const own = parts.inputTextures[i]?.handle;
      return own ? bindInput(backend, input, own, operands[i]) : [];
    });
    const outputs = parts.data.flatMap(({ source }) => (source.kind === 'tfjs' ? [source.texture] : []));
    for (const texture of outputs) this.attach(texture, texture.handle);
    try {
      this.runSteps();
    } finally {
      for (const texture of outputs) this.attach(texture, null); // else it could be neither freed nor read
      for (const { dataId } of made) backend.disposeData(dataId);
    }
    backend.tensors.counters.draws += this.steps.length;
    return data;
  }

  private runSteps(): void {
    const { gl } = this;
    let last: Partial<Step> = {};
    let bound: WebGLFramebuffer | undefined;
    for (const step of this.steps) {
      const framebuffer = step.target.framebuffer ?? (this.framebuffers.get(step.target) as WebGLFramebuffer);
      if (step.program !== last.program) gl.useProgram(step.program);
      if (step.vertexArray !== last.vertexArray) gl.bindVertexArray(step.vertexArray);
      if (framebuffer !== bound) gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
      if (step.viewport !== last.viewport) gl.viewport(...step.viewport);
      if (step.scissor !== last.scissor) gl.scissor(...step.scissor);
      for (const { unit, target, texture } of step.textures) {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(target, texture.handle);
      }
      for (const set of step.uniforms) set();
      step.draw();
      last = step;
      bound = framebuffer;
    }
  }

  /** One list for all equal ones, so that equality is seen at once. */
  private shared(box: DrawStep['viewport']): DrawStep['viewport'] {
    const known = this.boxes.get(box.join()) ?? box;
    this.boxes.set(box.join(), known);
    return known;
  }

  private prepare({ uniforms, call, ...step }: DrawStep): Step {
    const gl = this.gl as unknown as Record<string, (...args: readonly unknown[]) => void>;
    return {
      ...step,
      viewport: this.shared(step.viewport),
      scissor: this.shared(step.scissor),
      uniforms: uniforms.map(({ name, args }) => {
        const [a, b, c, d, e] = args;
        if (args.length === 2) return () => gl[name](a, b);
        if (args.length === 3) return () => gl[name](a, b, c);
        return args.length <= 5 ? () => gl[name](a, b, c, d, e) : () => gl[name](...args);
      }),
      draw: () => gl[call.name](...call.args),
    };
  }

  /** Gives each target without a framebuffer one, for as long as the replay lives. */
  private attachPlanned(): void {
    for (const { target } of this.steps) if (!target.framebuffer) this.attach(target, target.handle);
  }

  private attach(texture: VirtualTexture, handle: WebGLTexture | null): void {
    const { gl } = this;
    const framebuffer = this.framebuffers.get(texture) ?? (gl.createFramebuffer() as WebGLFramebuffer);
    this.framebuffers.set(texture, framebuffer);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, handle, 0);
  }
}

/** @throws If the context is lost. */
export function checkContext({ contextLoss }: WebglBackend): void {
  const rule = 'the WebGL context was lost and the CPU computes; call the model itself';
  if (contextLoss.isOnCpu) check(false, 'capture', rule, { CONVNET_ON_LOSS: 'cpu' });
  contextLoss.check();
}

function flagValues(): string {
  return flags.map((flag) => readFlag(flag)).join();
}

/** Those steps that a replay repeats: the others make constants. */
export function stepsToRepeat(steps: readonly RecordedStep[]): DrawStep[] {
  return steps.filter((step): step is DrawStep & RecordedStep => step.kind === 'draw' && step.target.isDynamic);
}
