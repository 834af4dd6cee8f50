// Kernels of the WebGL2 engine that the GPU refuses. Each kernel either does all of its work or leaves nothing behind. With
// CONVNET_ON_FAILURE=cpu one that has failed runs on the CPU engine: its tensors move there, the results move back.

import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { CpuBackend } from '../engines/cpu/backend.js';
import type { WebglBackend } from '../engines/webgl/backend.js';
import { ContextLostError } from '../engines/webgl/gl/contextLoss.js';
import { asGpuFailure, WrongProgramError } from '../engines/webgl/gl/failures.js';
import { readFlag } from '../tfjs/flags.js';
import { type KernelInputs, mapInputs } from '../tfjs/kernelInputs.js';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';
import type { StandBy } from './engines.js';

type Kernel = NamedKernel | KernelConfig;
type KernelArgs = Parameters<KernelFunc>[0];
type Outputs = TensorInfo | TensorInfo[];

/** Makes each kernel clean up after a failure, and run on the CPU where the user allows it. */
export function withTakeover(kernels: readonly Kernel[], takeover: CpuTakeover): Kernel[] {
  return kernels.map((kernel) => wrapKernel(kernel, guarded(kernel, takeover)));
}

function guarded({ kernelName, kernelFunc }: Kernel, takeover: CpuTakeover): KernelFunc {
  const runOnce: KernelFunc = (args) => {
    const backend = args.backend as WebglBackend;
    if (backend.contextLoss.isOnCpu) return takeover.run(kernelName, args);
    const { recording } = backend;
    const run = recording
      ? () => recording.kernel({ kernelName, ...args }, () => kernelFunc(args))
      : () => kernelFunc(args);
    try {
      return backend.cleanly(run);
    } catch (error) {
      if (error instanceof ContextLostError && backend.contextLoss.isOnCpu) return takeover.run(kernelName, args);
      const failure = asGpuFailure(error, kernelName);
      if (!failure) throw error;
      if (readFlag('CONVNET_ON_FAILURE') !== 'cpu' || !takeover.has(kernelName)) throw failure;
      takeover.warn(kernelName, failure.message);
      return takeover.run(kernelName, args);
    }
  };
  const run: KernelFunc = (args) => {
    const { calls, isComputing } = args.backend as WebglBackend;
    const outputs = againIfVoid(() => runOnce(args));
    if (!isComputing) calls.note(run, args, outputs);
    return outputs;
  };
  return run;
}

/** A kernel that reads values reads self-tests too. If one has failed, what the kernel had made before is void. */
function againIfVoid<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WrongProgramError)) throw error;
    return work();
  }
}

const MISSING = 'the app has imported tfjs-backend-convnet/webgl alone; import tfjs-backend-convnet/cpu beside it';

export class CpuTakeover {
  readonly #open: () => StandBy | undefined;
  #standBy?: { readonly backend: CpuBackend; readonly kernels: ReadonlyMap<string, KernelFunc> };
  #hasWarned = false;

  /** @param open Opens the engine, when it is first needed; undefined where the app has none. */
  constructor(open: () => StandBy | undefined) {
    this.#open = open;
  }

  /** Whether there is a CPU engine with such a kernel. */
  has(kernelName: string): boolean {
    const opened = this.#opened();
    if (!opened) this.#warnOnce(`CONVNET_ON_FAILURE=cpu has no effect: ${MISSING}`);
    return opened?.kernels.has(kernelName) === true;
  }

  warn(kernelName: string, why: string): void {
    this.#warnOnce(`${kernelName} runs on the CPU, as CONVNET_ON_FAILURE allows, because it failed: ${why}`);
  }

  /** Runs a kernel with tensors of the other backend. */
  run(kernelName: string, { inputs, attrs, backend: webgl }: KernelArgs): Outputs {
    const opened = this.#opened();
    if (!opened) throw new Error(`${kernelName} cannot run on the CPU: ${MISSING}`);
    const { backend: cpu, kernels } = opened;
    const from = webgl as WebglBackend;
    const originals = new Map<object, TensorInfo>();
    const toCpu = (tensor: TensorInfo): TensorInfo => {
      const values = from.readSync(tensor.dataId);
      const info = cpu.makeTensorInfo(tensor.shape, tensor.dtype, values as never);
      originals.set(info.dataId, tensor);
      return Object.assign(info, { rank: tensor.shape.length }); // some kernels ask for a Tensor's rank
    };
    const results: TensorInfo[] = [];
    const back = (info: TensorInfo): TensorInfo => {
      const original = originals.get(info.dataId);
      if (original) {
        from.incRef(original.dataId); // a kernel may hand back its input in another shape
        return { dataId: original.dataId, shape: info.shape, dtype: info.dtype };
      }
      results.push(info);
      const values = cpu.readSync(info.dataId);
      return from.makeTensorInfo(
        info.shape,
        info.dtype,
        (ArrayBuffer.isView(values) ? values.slice() : values) as never,
      );
    };
    try {
      const moved = mapInputs(inputs as unknown as KernelInputs, toCpu);
      const kernelFunc = kernels.get(kernelName) as KernelFunc;
      const outputs = kernelFunc({ inputs: moved as never, attrs, backend: cpu });
      return Array.isArray(outputs) ? outputs.map(back) : back(outputs);
    } finally {
      for (const dataId of originals.keys()) cpu.disposeData(dataId, true);
      for (const { dataId } of results) cpu.disposeData(dataId, true);
    }
  }

  #opened() {
    if (this.#standBy) return this.#standBy;
    const opened = this.#open();
    if (!opened) return undefined;
    const byName = new Map(opened.kernels.map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
    this.#standBy = { backend: opened.backend, kernels: byName };
    return this.#standBy;
  }

  #warnOnce(text: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    console.warn(`convnet: ${text}`);
  }
}
