// Follows one run of a model: its draws with the textures that they read and write, its kernels, and the data that exist
// without it. The run is as any other: textures come from the pools and go back. Only those that hold constants (values
// that depend on no input) are kept.
//
// Values that depend on the inputs reach JavaScript through gl.readPixels() alone. What follows from them cannot be
// replayed, so that is refused.

import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { Refusal, reasonAgainst } from '../../../tfjs/captureRefusal.js';
import type { WebglBackend } from '../backend.js';
import type { PoolTexture, TextureRecording } from '../gl/budget.js';
import type { KernelCall, Recording } from '../recording.js';
import { type GlDraw, type GlListener, GlState, type UniformCall } from './listenToGl.js';
import { VirtualTexture } from './virtualTexture.js';

/** A texture that a draw reads. */
export interface SourceTexture {
  readonly unit: number;
  readonly target: GLenum;
  readonly texture: VirtualTexture;
}

/** A draw of the run. */
export interface DrawStep extends Pick<GlDraw, 'program' | 'vertexArray' | 'call' | 'viewport' | 'scissor'> {
  readonly kind: 'draw';
  readonly uniforms: readonly UniformCall[];
  readonly textures: readonly SourceTexture[];
  readonly target: VirtualTexture;
}

/** Values of JavaScript for a constant. They are compared with those of the next run. */
export interface UploadStep {
  readonly kind: 'upload';
  readonly values: unknown;
  readonly target: VirtualTexture;
}

export type RecordedStep = (DrawStep | UploadStep) & { readonly kernelName: string };

export class Recorder implements Recording, TextureRecording, GlListener {
  readonly steps: RecordedStep[] = [];
  readonly textures: VirtualTexture[] = [];
  /** Data that exist without the run and that it reads, such as weights. */
  readonly external = new Set<DataId>();
  /** Kinds of the self-test, once for each use. */
  readonly kinds: string[] = [];
  private readonly state: GlState;
  private readonly current = new Map<WebGLTexture, VirtualTexture>();
  private readonly existing = new Map<WebGLTexture, VirtualTexture>();
  private readonly own = new WeakSet<DataId>();
  private kernelName?: string;
  private lastKernel = 'none';
  private isAside = false;
  private refusal?: Refusal;

  constructor(private readonly backend: WebglBackend) {
    this.state = new GlState(backend.gl2);
  }

  /** Follows `run`. */
  follow<T>(run: () => T): T {
    const { backend } = this;
    const { budget } = backend.tensors.textures;
    const { selfTest } = backend;
    selfTest.settle(); // until tests have been read, data stay that the model has let go
    backend.tensors.drawer.queue.drain();
    const end = this.state.listen(this);
    Object.assign(backend, { recording: this });
    budget.recording = this;
    selfTest.onUse = (name) => this.kinds.push(name);
    try {
      const result = run();
      if (this.refusal) throw this.refusal; // the model has caught it
      return result;
    } catch (error) {
      throw this.refusal ?? error;
    } finally {
      end();
      backend.recording = undefined;
      budget.recording = undefined;
      selfTest.onUse = undefined;
    }
  }

  kernel<T>({ kernelName, inputs }: KernelCall, run: () => T): T {
    if (this.isAside || this.kernelName !== undefined) return run(); // called by a kernel
    const reason = reasonAgainst(kernelName);
    if (reason) this.refuse(new Refusal(`the kernel cannot be replayed: ${reason}`, { kernel: kernelName }));
    for (const info of Object.values(inputs).flat() as (TensorInfo | undefined)[]) {
      if (info && !this.own.has(info.dataId)) this.external.add(info.dataId);
    }
    this.kernelName = kernelName;
    try {
      return run();
    } finally {
      this.kernelName = undefined;
      this.lastKernel = kernelName;
    }
  }

  made(dataId: DataId): void {
    this.own.add(dataId);
  }

  aside<T>(work: () => T): T {
    const before = this.isAside;
    this.isAside = true;
    try {
      return work();
    } finally {
      this.isAside = before;
    }
  }

  acquired(texture: PoolTexture): void {
    if (this.isAside) return;
    const one = new VirtualTexture(this.textures.length, texture);
    this.textures.push(one);
    this.current.set(texture.handle, one);
    if (texture.framebuffer) this.state.noteFramebuffer(texture.framebuffer, texture.handle, texture.layers);
  }

  released(handle: WebGLTexture): boolean {
    const one = this.current.get(handle);
    if (!one || this.isAside) return false;
    this.current.delete(handle);
    one.isReleased = true;
    return !one.isDynamic;
  }

  draw({ textures, targets, ...draw }: GlDraw): void {
    if (this.isAside) return;
    const sources = textures.map(({ handle, ...at }) => ({ ...at, texture: this.textureOf(handle) }));
    const target = this.targetOf(targets.map(({ handle }) => handle));
    if (sources.some(({ texture }) => texture.isDynamic)) this.makeDynamic(target);
    this.steps.push({ kind: 'draw', ...draw, textures: sources, target, kernelName: this.name });
  }

  upload(handle: WebGLTexture | undefined, values: unknown): void {
    if (this.isAside) return;
    const target = handle && this.current.get(handle);
    if (!target) this.refuseOverwriting();
    target.isUploaded = true;
    if (target.isDynamic) this.refuseMixture();
    this.steps.push({ kind: 'upload', values, target, kernelName: this.name });
  }

  read(handles: readonly WebGLTexture[]): void {
    if (this.isAside || !handles.some((handle) => this.current.get(handle)?.isDynamic)) return;
    const { kernelName } = this;
    if (kernelName) {
      const rule = 'the kernel reads values that depend on the inputs in JavaScript, so its draws cannot be replayed';
      this.refuse(new Refusal(rule, { kernel: kernelName }));
    }
    const rule =
      'values that depend on the inputs are read in JavaScript (dataSync, control flow), and what follows from them ' +
      'cannot be replayed';
    this.refuse(new Refusal(rule, { 'last kernel': this.lastKernel }));
  }

  unknown(name: string): void {
    if (!this.isAside) this.refuse(new Refusal('the call cannot be recorded', { call: name, kernel: this.name }));
  }

  /** Notes a texture whose values are an input. */
  noteInput(handle: WebGLTexture): VirtualTexture {
    const texture = this.textureOf(handle);
    texture.isDynamic = true;
    return texture;
  }

  /** The texture that depends on the inputs, if the one with this handle does. */
  dynamicOf(handle: WebGLTexture): VirtualTexture | undefined {
    const texture = this.current.get(handle);
    return texture?.isDynamic ? texture : undefined;
  }

  /** Textures that existed before, and that draws have read. */
  get existingTextures(): WebGLTexture[] {
    return [...this.existing.keys()];
  }

  /** Refuses if values that depend on the inputs outlive the run. */
  checkGone(): void {
    const left = [...this.current.values()].find(({ isDynamic }) => isDynamic);
    if (!left) return;
    const rule = 'the model keeps a tensor that depends on its inputs beyond the call';
    this.refuse(new Refusal(rule, { 'last kernel': this.lastKernel, bytes: left.texture.bytes }));
  }

  /** Gives constants back: all, or those that no replay reads. */
  giveBack(isNeeded: (texture: VirtualTexture) => boolean = () => false): void {
    for (const texture of this.textures) {
      if (texture.isReleased && !texture.isDynamic && !isNeeded(texture)) texture.texture.release?.();
    }
  }

  refuse(refusal: Refusal): never {
    this.refusal ??= refusal;
    throw this.refusal;
  }

  /** The kernel that runs, or the last one that ran. */
  private get name(): string {
    return this.kernelName ?? this.lastKernel;
  }

  private textureOf(handle: WebGLTexture): VirtualTexture {
    const known = this.current.get(handle) ?? this.existing.get(handle);
    if (known) return known;
    const texture = new VirtualTexture(-1, { handle, target: 0, layers: 1 });
    this.existing.set(handle, texture);
    return texture;
  }

  /** The one texture, all of whose layers are targets. */
  private targetOf(handles: readonly WebGLTexture[]): VirtualTexture {
    const target = this.current.get(handles[0]);
    if (!target) this.refuseOverwriting();
    const isWhole = handles.length === target.texture.layers && handles.every((handle) => handle === handles[0]);
    if (!isWhole) {
      const received = { kernel: this.name, targets: handles.length };
      this.refuse(new Refusal('a draw fills a part of a texture, or several textures', received));
    }
    return target;
  }

  private makeDynamic(target: VirtualTexture): void {
    target.isDynamic = true;
    if (target.isUploaded) this.refuseMixture();
  }

  private refuseOverwriting(): never {
    return this.refuse(new Refusal('values that exist are changed in place', { kernel: this.name }));
  }

  private refuseMixture(): never {
    const rule = 'a texture holds values of JavaScript beside values that depend on the inputs';
    return this.refuse(new Refusal(rule, { kernel: this.name }));
  }
}
