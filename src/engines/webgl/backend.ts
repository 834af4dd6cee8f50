// The WebGL2 engine: every kernel of tfjs-backend-webgl, but convolutions and the kernels around them work on textures
// in the tiled layout. Data that exist there alone are converted when TensorFlow.js needs them, by the methods below.

import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { type BackendValues, type DataId, engine, type TensorInfo } from '@tensorflow/tfjs-core';
import type { GlCaps } from '../../../kernels/glsl/caps.js';
import { rendererOf } from '../../core/renderer.js';
import { partsOfComplex } from '../../tfjs/complexParts.js';
import { readFlag } from '../../tfjs/flags.js';
import { Journal } from '../../tfjs/journal.js';
import { capsOf, tileCapsOf } from './caps.js';
import { isCompileOnly, outsideOfRecording, warmUp } from './compileAhead.js';
import { ContextLoss, type ContextUser } from './gl/contextLoss.js';
import { TfjsTextures } from './gl/tfjsTextures.js';
import { correctIntegers, noteOperand } from './integers.js';
import { atOnce, startTimer } from './measuring.js';
import { Reads } from './reads.js';
import type { Recording } from './recording.js';
import { forgetReads, restoreGpgpu } from './restore.js';
import { SelfTest } from './selfTest.js';
import { asOperand, tellSqueezedApart } from './squeezedShapes.js';
import { type ConversionBackend, conversionTest } from './tensors/conversionSelfTest.js';
import { type KeptData, LiveData } from './tensors/liveData.js';
import { Snapshots } from './tensors/snapshots.js';
import { type Counters, dimsOf, TensorStore } from './tensors/tensorStore.js';
import { callsOf, mayDrawLater, surroundingsOf } from './testSurroundings.js';
import { internalsOf, type TfjsInternals, withShapeUniforms } from './tfjsInternals.js';

type GpuMemory = ReturnType<MathBackendWebGL['memory']> & {
  readonly numBytesInGPUAllocated: number;
  readonly numBytesInGPUFree: number;
};

export class WebglBackend extends MathBackendWebGL implements ContextUser {
  override texData = new LiveData(this, engine());

  readonly gl2 = this.gpgpu.gl as WebGL2RenderingContext;

  readonly caps: GlCaps = capsOf(this.gl2);

  /** The GPU's name. */
  #renderer = rendererOf(this.gl2);

  /** Data that were made while programs were only being compiled; they have no values. */
  readonly #imaginary = new WeakSet<DataId>();

  // The constructor of MathBackendWebGL allocates nothing, so none of the methods below runs before this is set.
  readonly tensors = new TensorStore(this.gl2, tileCapsOf(this.gl2, this.caps), this.caps.float32, {
    texData: this.texData,
    allocate: (dataId) => this.#allocate(dataId),
    makeTensorInfo: (...args) => this.makeTensorInfo(...args),
    unpackTensor: (input) => this.unpackTensor(input),
    disposeIntermediateTensorInfo: (info) => this.disposeIntermediateTensorInfo(info),
    // A test that is read at once: what is converted stays in both forms, and counts as what it was.
    isTrusted: (key, conversion) => this.selfTest.check(key, conversionTest(this.#converting, conversion)),
    readTfjs: (dataId) => super.readSync(dataId) as Float32Array,
    real: (dataId, work) => this.#real(dataId, work),
    noteDrawn: (dataId) => this.texData.noteComputed(dataId),
  });

  readonly #journal = new Journal();
  readonly #tfjsTextures = new TfjsTextures(this.gpgpu, this.tensors.textures.budget);
  readonly #decode = internalsOf(this).decode;
  readonly #toCpu = internalsOf(this).convertAndCacheOnCPU;
  readonly #internals = Object.assign(internalsOf(this), {
    textureManager: this.#tfjsTextures,
    decode: (...args: Parameters<TfjsInternals['decode']>) => withShapeUniforms(() => this.#decode(...args)),
    convertAndCacheOnCPU: (dataId: DataId, floats?: Float32Array) => {
      if (floats && this.texData.isVoid(dataId)) return floats; // its read must end, and throws then
      const renewed = floats && this.texData.renewed(dataId);
      if (renewed) return renewed; // its read began before
      const values = this.#toCpu(dataId, floats);
      if (floats && values instanceof Int32Array) correctIntegers(values, floats);
      return values;
    },
  });

  /** What the tests of conversions stand on. */
  readonly #converting: ConversionBackend = {
    gl2: this.gl2,
    tensors: this.tensors,
    texData: this.texData,
    makeTensorInfo: (...args) => this.makeTensorInfo(...args),
    disposeIntermediateTensorInfo: (info) => this.disposeIntermediateTensorInfo(info),
    readTfjs: (dataId) => super.readSync(dataId) as Float32Array,
    allocate: (dataId) => super.uploadToGPU(dataId),
  };

  /** Set while a model is captured. */
  recording?: Recording;
  /** Who relies on data that exist, and is told when they are gone. */
  readonly watchers = new WeakMap<DataId, Set<() => void>>();
  isDisposed = false;

  readonly reads = new Reads(this);
  readonly calls = callsOf(this);
  readonly selfTest = new SelfTest(surroundingsOf(this));
  readonly contextLoss = ContextLoss.of(this.gl2);
  readonly #snapshots = new Snapshots();

  constructor(...args: ConstructorParameters<typeof MathBackendWebGL>) {
    super(...args);
    this.contextLoss.add(this);
    this.tensors.drawer.mayWait = () => mayDrawLater(this);
    const { unlooked } = this.tensors.textures.budget;
    // Whoever has given the context may ask it for errors, which are gone then.
    if (this.#internals.gpgpuCreatedLocally) unlooked.canRepeat = () => this.calls.isNoting;
  }

  /** Conversions between the layouts, and draws of ours, since the start. */
  get counters(): Readonly<Counters> {
    return this.tensors.counters;
  }

  /** The programs of TensorFlow.js, by key. */
  get tfjsPrograms() {
    return this.#internals.binaryCache;
  }

  /** Compiles the programs of `run` without computing it and without blocking the page. `run` must be synchronous. */
  warmUp(run: () => void): Promise<void> {
    return this.contextLoss.guard(warmUp(this, run));
  }

  override makeTensorInfo(...args: Parameters<MathBackendWebGL['makeTensorInfo']>) {
    const info = super.makeTensorInfo(...args);
    this.#journal.noteData(info.dataId);
    if (args[2] === undefined) this.texData.noteComputed(info.dataId);
    else this.texData.track(info.dataId);
    if (isCompileOnly()) this.#imaginary.add(info.dataId);
    return info;
  }

  override write(...args: Parameters<MathBackendWebGL['write']>): DataId {
    const dataId = super.write(...args);
    this.recording?.made(dataId);
    return dataId;
  }

  override move(...args: Parameters<MathBackendWebGL['move']>): void {
    const [dataId, values, shape, dtype, refCount] = args;
    const isComplex = dtype === 'complex64';
    if (!isComplex) super.move(...args);
    else super.move(dataId, null as never, shape, 'float32', refCount);
    const complexTensorInfos = isComplex && partsOfComplex(this, values, shape);
    if (complexTensorInfos) Object.assign(this.texData.get(dataId), { dtype, complexTensorInfos });
  }

  override incRef(dataId: DataId): void {
    super.incRef(dataId);
    this.#journal.noteReference(dataId, 1);
  }

  hasData(dataId: DataId): boolean {
    return this.texData.has(dataId);
  }

  /** Whether a kernel runs. */
  get isComputing(): boolean {
    return this.#journal.isRunning;
  }

  /** Runs a piece of work whole or not at all: if it throws, the data and textures that it has made are gone. */
  cleanly<T>(work: () => T): T {
    this.#snapshots.note(this);
    return this.#journal.run(work, undefined, this);
  }

  override runWebGLProgram(...args: Parameters<MathBackendWebGL['runWebGLProgram']>) {
    const [program, inputs] = args;
    this.contextLoss.check();
    for (const { dataId, dtype } of inputs) {
      this.tensors.toTfjs(dataId, program.packedInputs === true);
      if (dtype === 'int32') noteOperand(this.texData.get(dataId));
    }
    tellSqueezedApart(
      program,
      inputs.map((input) => asOperand(input, this.texData.get(input.dataId))),
    );
    return super.runWebGLProgram(...args);
  }

  override uploadToGPU(dataId: DataId): void {
    this.tensors.toTfjs(dataId, false); // a slice that shares the texture must find it unpacked
    this.#allocate(dataId);
  }

  override shouldExecuteOnCPU(...args: Parameters<MathBackendWebGL['shouldExecuteOnCPU']>): boolean {
    const [inputs] = args;
    return !inputs.some(({ dataId }) => this.tensors.isOnlyTiled(dataId)) && super.shouldExecuteOnCPU(...args);
  }

  override readSync(dataId: DataId): BackendValues {
    if (this.#hasSureValues(dataId)) return super.readSync(dataId);
    const readTfjs = () => this.cleanly(() => super.readSync(dataId));
    return this.reads.now(dataId, () => this.#real(dataId, readTfjs));
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    if (this.#hasSureValues(dataId)) return super.read(dataId);
    return this.reads.later(dataId, () => {
      const guarded = (reading: Promise<BackendValues>) => this.contextLoss.guard(reading);
      return this.#journal.runAsync(() => super.read(dataId), guarded, this);
    });
  }

  /** Whether data have values on the CPU that no self-test can change. */
  #hasSureValues(dataId: DataId): boolean {
    return !this.calls.isDoubtful(dataId) && this.texData.get(dataId).values != null;
  }

  /** Queues a read of values, and returns what waits for them; the data may be gone then. */
  readLater(dataId: DataId): () => Float32Array {
    if (this.tensors.isOnlyTiled(dataId)) return this.tensors.readLater(dataId);
    const values = this.readSync(dataId) as Float32Array;
    return () => values;
  }

  /** Our draws count too, each when it is drawn; nothing is put off meanwhile. */
  override time(f: () => void): ReturnType<MathBackendWebGL['time']> {
    return super.time(() => {
      const { drawer } = this.tensors;
      const outer = drawer.timer;
      drawer.timer = (name) => startTimer(this.#internals, name);
      try {
        atOnce(f);
      } finally {
        drawer.timer = outer;
      }
    });
  }

  override readToGPU(...args: Parameters<MathBackendWebGL['readToGPU']>) {
    const [dataId] = args;
    this.tensors.toTfjs(dataId, true);
    const isRenewed = this.reads.tested(dataId) !== undefined;
    // Once read or renewed, data are tiled or on the CPU, but not here.
    if (this.tensors.has(dataId) || isRenewed) this.uploadToGPU(dataId);
    return super.readToGPU(...args);
  }

  override disposeData(dataId: DataId, force?: boolean): boolean {
    if (this.calls.keeps(dataId) && force) this.selfTest.settle(); // which keeps nothing any more
    const isKept = this.calls.keeps(dataId) && this.#isLastUse(dataId);
    if (isKept) this.calls.keep(dataId, this.texData.get(dataId));
    const isGone = isKept || super.disposeData(dataId, force);
    if (isGone) {
      if (!isKept) this.tensors.forget(dataId);
      for (const tell of this.watchers.get(dataId) ?? []) tell();
    } else this.#journal.noteReference(dataId, -1);
    return isGone;
  }

  /** Whether disposing of data once more ends them. */
  #isLastUse(dataId: DataId): boolean {
    return this.texData.has(dataId) && this.refCount(dataId) <= 1 && !this.#internals.pendingRead.has(dataId);
  }

  override numDataIds(): number {
    return super.numDataIds() - this.calls.keptCount;
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

  /** Takes TensorFlow.js's texture of data away. */
  releaseTexture(dataId: DataId): void {
    this.#internals.releaseGPUData(dataId);
  }

  /** Puts a tensor into the tiled layout, if that takes its shape. */
  tile(info: TensorInfo): void {
    const layout = this.tensors.layoutOf(dimsOf(info.shape));
    if (layout) this.tensors.toTiled(info, layout);
  }

  /** Data go on from the values that they have on the CPU; the GPU is gone. */
  onLost(): void {
    const { latest } = this.#snapshots;
    this.tensors.onLost();
    this.#tfjsTextures.forget();
    const ids = this.texData.leaveGpu();
    for (const [dataId, values] of latest?.values ?? []) this.texData.replace(dataId, values);
    if (latest)
      console.warn(`convnet: the WebGL context was lost; variables are those of training step ${latest.step}`);
    this.#internals.numBytesInGPU = 0;
    this.dataRefCount = new WeakMap();
    forgetReads(this, this.#internals, ids);
    this.selfTest.suspend();
  }

  onRestored(): void {
    restoreGpgpu(this.gpgpu, this.#internals);
    this.tensors.onRestored();
    const renderer = rendererOf(this.gl2);
    if (renderer === this.#renderer) this.selfTest.resume();
    else this.selfTest.forget();
    this.#renderer = renderer;
  }

  override dispose(): void {
    this.isDisposed = true;
    this.selfTest.stop();
    this.contextLoss.remove(this);
    this.tensors.dispose();
    const isOwn = this.#internals.gpgpuCreatedLocally;
    if (!isOwn) this.#internals.canvas = null; // the user's, which must stay in the page
    super.dispose();
    if (isOwn) return;
    Object.assign(this.gpgpu, { program: null, outputTexture: null }); // both are gone
    this.gpgpu.dispose();
  }

  /** TensorFlow.js counts the bytes of a texture before it asks for it, and goes on counting one that it did not get. */
  #allocate(dataId: DataId): void {
    const { numBytesInGPU } = this.#internals;
    const data: KeptData = this.texData.get(dataId);
    const { values, texture } = data;
    try {
      withShapeUniforms(() => super.uploadToGPU(dataId));
      if (values != null && data.values == null && readFlag('CONVNET_ON_LOSS') !== 'error') data.kept = values;
      this.texData.track(dataId);
    } catch (error) {
      if (values == null && texture == null) this.#internals.numBytesInGPU = numBytesInGPU;
      throw error;
    }
  }

  /** Work on data that outlive a recording is done, not recorded. */
  #real<T>(dataId: DataId, work: () => T): T {
    return this.#imaginary.has(dataId) ? work() : outsideOfRecording(this, work);
  }
}
