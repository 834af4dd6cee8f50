// The WebGL2 engine: every kernel of tfjs-backend-webgl, but convolutions and the kernels around them work on textures
// in the tiled layout. Data that exist there alone are converted when TensorFlow.js needs them, by the methods below.

import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { BackendValues, DataId } from '@tensorflow/tfjs-core';
import type { GlCaps } from '../../../kernels/glsl/caps.js';
import { capsOf, tileCapsOf } from './caps.js';
import { isCompileOnly, outsideOfRecording, warmUp } from './compileAhead.js';
import { ContextLoss } from './gl/contextLoss.js';
import { SelfTest } from './selfTest.js';
import { type ConversionBackend, conversionTest } from './tensors/conversionSelfTest.js';
import { type Counters, TensorStore } from './tensors/tensorStore.js';

type GpuMemory = ReturnType<MathBackendWebGL['memory']> & {
  readonly numBytesInGPUAllocated: number;
  readonly numBytesInGPUFree: number;
};

export class WebglBackend extends MathBackendWebGL {
  readonly gl2 = this.gpgpu.gl as WebGL2RenderingContext;

  readonly caps: GlCaps = capsOf(this.gl2);

  /** Data that were made while programs were only being compiled; they have no values. */
  readonly #imaginary = new WeakSet<DataId>();

  // The constructor of MathBackendWebGL allocates nothing, so none of the methods below runs before this is set.
  readonly tensors = new TensorStore(this.gl2, tileCapsOf(this.gl2, this.caps), this.caps.float32, {
    texData: this.texData,
    allocate: (dataId) => super.uploadToGPU(dataId),
    makeTensorInfo: (...args) => this.makeTensorInfo(...args),
    unpackTensor: (input) => this.unpackTensor(input),
    disposeIntermediateTensorInfo: (info) => this.disposeIntermediateTensorInfo(info),
    isTrusted: (key, conversion) => this.selfTest.check(key, conversionTest(this.#converting, conversion)),
    readTfjs: (dataId) => super.readSync(dataId) as Float32Array,
    real: (dataId, work) => this.#real(dataId, work),
  });

  /** What the tests of conversions stand on. */
  readonly #converting: ConversionBackend = {
    gl2: this.gl2,
    tensors: this.tensors,
    texData: this.texData,
    makeTensorInfo: (...args) => this.makeTensorInfo(...args),
    disposeIntermediateTensorInfo: (info) => this.disposeIntermediateTensorInfo(info),
    readTfjs: (dataId) => super.readSync(dataId) as Float32Array,
    upload: (dataId) => super.uploadToGPU(dataId),
  };

  readonly selfTest = new SelfTest((test) => this.tensors.tracelessly(test));
  readonly contextLoss = ContextLoss.of(this.gl2);

  /** Conversions between the layouts, and draws of ours, since the start. */
  get counters(): Readonly<Counters> {
    return this.tensors.counters;
  }

  /** Compiles the programs of `run` without computing it and without blocking the page. `run` must be synchronous. */
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
    for (const { dataId } of inputs) this.tensors.toTfjs(dataId, program.packedInputs === true);
    return super.runWebGLProgram(...args);
  }

  override uploadToGPU(dataId: DataId): void {
    this.tensors.toTfjs(dataId, false); // a slice that shares the texture must find it unpacked
    super.uploadToGPU(dataId);
  }

  override shouldExecuteOnCPU(...args: Parameters<MathBackendWebGL['shouldExecuteOnCPU']>): boolean {
    const [inputs] = args;
    return !inputs.some(({ dataId }) => this.tensors.isOnlyTiled(dataId)) && super.shouldExecuteOnCPU(...args);
  }

  override readSync(dataId: DataId): BackendValues {
    if (this.texData.get(dataId).values != null) return super.readSync(dataId);
    this.contextLoss.check();
    const isOnlyTiled = this.tensors.isOnlyTiled(dataId);
    const values = isOnlyTiled ? this.tensors.read(dataId) : this.#real(dataId, () => super.readSync(dataId));
    this.contextLoss.check(); // zeros, if it has just happened
    if (isOnlyTiled) this.texData.get(dataId).values = values;
    return values;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    if (this.texData.get(dataId).values != null) return super.read(dataId);
    this.contextLoss.check();
    if (!this.tensors.isOnlyTiled(dataId)) return this.contextLoss.guard(super.read(dataId));
    const fence = () => this.contextLoss.guard(this.gpgpu.createAndWaitForFence() as Promise<void>);
    const values = await this.tensors.readAsync(dataId, fence);
    if (this.texData.has(dataId)) this.texData.get(dataId).values ??= values; // it may have been disposed of meanwhile
    return values;
  }

  override readToGPU(...args: Parameters<MathBackendWebGL['readToGPU']>) {
    const [dataId] = args;
    this.tensors.toTfjs(dataId, true);
    if (this.tensors.has(dataId)) this.uploadToGPU(dataId); // once read, data are tiled and on the CPU, but not here
    return super.readToGPU(...args);
  }

  override disposeData(dataId: DataId, force?: boolean): boolean {
    const isGone = super.disposeData(dataId, force);
    if (isGone) this.tensors.forget(dataId);
    return isGone;
  }

  override memory() {
    const tfjs = super.memory() as GpuMemory;
    const { usedBytes, freeBytes } = this.tensors.textures;
    return {
      ...tfjs,
      numBytesInGPU: tfjs.numBytesInGPU + usedBytes,
      numBytesInGPUAllocated: tfjs.numBytesInGPUAllocated + usedBytes + freeBytes,
      numBytesInGPUFree: tfjs.numBytesInGPUFree + freeBytes,
    };
  }

  override dispose(): void {
    this.selfTest.stop();
    this.tensors.dispose();
    super.dispose();
  }

  /** Work on data that outlive a recording is done, not recorded. */
  #real<T>(dataId: DataId, work: () => T): T {
    return this.#imaginary.has(dataId) ? work() : outsideOfRecording(this, work);
  }
}
