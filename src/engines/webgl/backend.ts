// The WebGL2 engine: every kernel of tfjs-backend-webgl, with convolutions and what surrounds them on textures of our own
// layout. Data that exist there alone are converted whenever the host reaches for them, through the methods below.

import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { BackendValues, DataId } from '@tensorflow/tfjs-core';
import type { GlCaps } from '../../../kernels/glsl/caps.js';
import { blockCapsOf, capsOf } from './caps.js';
import { isCompileOnly, outsideOfRecording, warmUp } from './compileAhead.js';
import { ContextLoss } from './gl/contextLoss.js';
import { SelfTest } from './selfTest.js';
import { BlockStore, type Counters } from './tensors/tensorStore.js';

type GpuMemory = ReturnType<MathBackendWebGL['memory']> & {
  readonly numBytesInGPUAllocated: number;
  readonly numBytesInGPUFree: number;
};

export class WebglBackend extends MathBackendWebGL {
  readonly gl2 = this.gpgpu.gl as WebGL2RenderingContext;

  readonly caps: GlCaps = capsOf(this.gl2);

  /** Data that were made while programs are only compiled. */
  readonly #imaginary = new WeakSet<DataId>();

  // The host's constructor allocates nothing, so none of the methods below runs before this is there.
  readonly blocks = new BlockStore(this.gl2, blockCapsOf(this.gl2, this.caps), this.caps.float32, {
    texData: this.texData,
    allocate: (dataId) => super.uploadToGPU(dataId),
    makeTensorInfo: (...args) => this.makeTensorInfo(...args),
    unpackTensor: (input) => this.unpackTensor(input),
    disposeIntermediateTensorInfo: (info) => this.disposeIntermediateTensorInfo(info),
    real: (dataId, work) => this.#real(dataId, work),
  });

  readonly selfTest = new SelfTest();
  readonly contextLoss = ContextLoss.of(this.gl2);

  /** Conversions between the layouts and draws of ours since the start. */
  get counters(): Readonly<Counters> {
    return this.blocks.counters;
  }

  /** Compiles what `run` will need, without running it and without blocking the page. `run` must be synchronous. */
  warmUp(run: () => void): Promise<void> {
    return warmUp(this, run);
  }

  override makeTensorInfo(...args: Parameters<MathBackendWebGL['makeTensorInfo']>) {
    const info = super.makeTensorInfo(...args);
    if (isCompileOnly()) this.#imaginary.add(info.dataId);
    return info;
  }

  override runWebGLProgram(...args: Parameters<MathBackendWebGL['runWebGLProgram']>) {
    const [program, inputs] = args;
    this.contextLoss.check();
    for (const { dataId } of inputs) this.blocks.toHost(dataId, program.packedInputs === true);
    return super.runWebGLProgram(...args);
  }

  override uploadToGPU(dataId: DataId): void {
    this.blocks.toHost(dataId, false); // a slice that shares the texture must find it unpacked
    super.uploadToGPU(dataId);
  }

  override shouldExecuteOnCPU(...args: Parameters<MathBackendWebGL['shouldExecuteOnCPU']>): boolean {
    const [inputs] = args;
    return !inputs.some(({ dataId }) => this.blocks.isOnlyHere(dataId)) && super.shouldExecuteOnCPU(...args);
  }

  override readSync(dataId: DataId): BackendValues {
    if (this.texData.get(dataId).values != null) return super.readSync(dataId);
    this.contextLoss.check();
    const isOnlyInBlocks = this.blocks.isOnlyHere(dataId);
    const values = isOnlyInBlocks ? this.blocks.read(dataId) : this.#real(dataId, () => super.readSync(dataId));
    this.contextLoss.check(); // zeros, if it has just happened
    if (isOnlyInBlocks) this.texData.get(dataId).values = values;
    return values;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    if (this.texData.get(dataId).values != null) return super.read(dataId);
    this.contextLoss.check();
    if (!this.blocks.isOnlyHere(dataId)) return this.contextLoss.guard(super.read(dataId));
    const fence = () => this.contextLoss.guard(this.gpgpu.createAndWaitForFence() as Promise<void>);
    const values = await this.blocks.readAsync(dataId, fence);
    if (this.texData.has(dataId)) this.texData.get(dataId).values ??= values; // it may have been disposed of meanwhile
    return values;
  }

  override readToGPU(...args: Parameters<MathBackendWebGL['readToGPU']>) {
    const [dataId] = args;
    this.blocks.toHost(dataId, true);
    if (this.blocks.has(dataId)) this.uploadToGPU(dataId); // once read, they are in blocks and on the CPU
    return super.readToGPU(...args);
  }

  override disposeData(dataId: DataId, force?: boolean): boolean {
    const isGone = super.disposeData(dataId, force);
    if (isGone) this.blocks.forget(dataId);
    return isGone;
  }

  override memory() {
    const host = super.memory() as GpuMemory;
    const { usedBytes, freeBytes } = this.blocks.textures;
    return {
      ...host,
      numBytesInGPU: host.numBytesInGPU + usedBytes,
      numBytesInGPUAllocated: host.numBytesInGPUAllocated + usedBytes + freeBytes,
      numBytesInGPUFree: host.numBytesInGPUFree + freeBytes,
    };
  }

  override dispose(): void {
    this.blocks.dispose();
    super.dispose();
  }

  /** What is done to data that outlive a recording is done, not recorded. */
  #real<T>(dataId: DataId, work: () => T): T {
    return this.#imaginary.has(dataId) ? work() : outsideOfRecording(this, work);
  }
}
