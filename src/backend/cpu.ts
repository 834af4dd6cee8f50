// The CPU engine as a backend: in WebAssembly, or in plain JavaScript where that has no SIMD.

import { type KernelBackend, type KernelConfig, type KernelFunc, registerBackend } from '@tensorflow/tfjs-core';
import { CpuBackend } from '../engines/cpu/backend.js';
import { openConvContext } from '../engines/cpu/conv/openConvContext.js';
import { jsEngine } from '../engines/cpu/jsEngine.js';
import { adafactorKernel } from '../engines/cpu/ops/elementwise/adafactor.js';
import {
  batchNormSumsKernel,
  batchNormTrainingGradKernel,
  batchNormTrainingKernel,
} from '../engines/cpu/ops/elementwise/batchNormTraining.js';
import { reluGradKernel } from '../engines/cpu/ops/elementwise/binary.js';
import { siluKernel } from '../engines/cpu/ops/elementwise/unary.js';
import { updateKernel } from '../engines/cpu/ops/elementwise/update.js';
import { everyEngineKernels } from '../engines/cpu/ops/everyEngine.js';
import { opKernels } from '../engines/cpu/ops/index.js';
import { spreadKernel } from '../engines/cpu/ops/movement/tile.js';
import { plainKernels } from '../engines/cpu/ops/plain.js';
import { plainUpdate } from '../engines/cpu/ops/plainUpdate.js';
import { sumSquaresKernel } from '../engines/cpu/ops/reduction/reduce.js';
import { type CpuOptions, cpuOptions, openDevice } from '../engines/cpu/runtime/openDevice.js';
import type { Recording } from '../engines/cpu/runtime/recording.js';
import { wasmEngine } from '../engines/cpu/wasmEngine.js';
import { officialCpu } from '../tfjs/officialCpu.js';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';
import type { DeviceChoice } from './chooseDevice.js';
import { convKernels } from './convKernels.js';
import { drawIn2d } from './draw.js';
import { installedEngines } from './engines.js';
import { recordInfo } from './info.js';
import { checked, installKernels, platformName } from './installKernels.js';
import { onlyOn } from './ownKernels.js';
import { rehearse } from './rehearsal.js';

/** Lets backends of this app run on the CPU engine. */
export function installCpuEngine(): void {
  installedEngines.cpu = {
    open: openCpu,
    standBy(name) {
      const device = openDevice(name, cpuOptions());
      return { backend: new CpuBackend(device), kernels: cpuKernels(name, device != null) };
    },
  };
}

/** Registers the CPU engine with chosen features, whatever the flags say. */
export function registerConvnetCpu(name: string, options: CpuOptions): void {
  const choice = { device: 'cpu', reason: `the backend's name is ${name}` } as const;
  registerBackend(name, () => openCpu(name, choice, options), 0);
}

function openCpu(name: string, choice: DeviceChoice, options: CpuOptions = cpuOptions()): KernelBackend {
  const device = openDevice(name, options);
  const backend = new CpuBackend(device);
  if (device) openConvContext(backend); // chooses its tiles now, by running them, and not in the first prediction
  installKernels(name, cpuKernels(name, device != null));
  const features = {
    simd: device != null,
    fma: device?.features.fma ?? false,
    revec: device?.features.revec ?? false,
    revecOff: device?.options.revecOff ?? '',
    get threads() {
      return device?.threads ?? 1; // changes with setThreadsCount()
    },
  };
  if (device && options.rehearses) rehearse(backend, name);
  recordInfo(backend, { name, device: platformName(), choice, features });
  return backend;
}

/** Kernels that TensorFlow.js does not know. */
const ownKernels: readonly NamedKernel[] = [
  updateKernel,
  adafactorKernel,
  sumSquaresKernel,
  siluKernel,
  spreadKernel,
  reluGradKernel,
  batchNormTrainingKernel,
  batchNormTrainingGradKernel,
  batchNormSumsKernel,
];

/** The kernels of the CPU engine, with WebAssembly or in plain JavaScript. */
function cpuKernels(name: string, hasDevice: boolean): (NamedKernel | KernelConfig)[] {
  const engine = hasDevice ? wasmEngine : jsEngine;
  const ops = hasDevice ? [...opKernels, ...ownKernels] : [...plainKernels, plainUpdate];
  const inherited = drawIn2d(officialCpu.all(name), name);
  const own = [...everyEngineKernels, ...ops, ...convKernels(engine)];
  return leavingNothing(checked([...inherited, ...onlyOn(CpuBackend, own)]));
}

/** Makes kernels give back what they have made when they throw, and tell a recording that they run. */
export function leavingNothing(kernels: readonly (NamedKernel | KernelConfig)[]): (NamedKernel | KernelConfig)[] {
  return kernels.map((kernel) => {
    const { kernelFunc } = kernel;
    return wrapKernel(kernel, (args) => {
      const { backend } = args;
      if (!(backend instanceof CpuBackend)) return kernelFunc(args); // the user has copied an inherited kernel
      return backend.device?.recording ? recorded(backend, kernel, args) : backend.cleanly(kernelFunc, args);
    });
  });
}

function recorded(backend: CpuBackend, { kernelName, kernelFunc }: NamedKernel, args: Parameters<KernelFunc>[0]) {
  const recording = backend.device?.recording as Recording;
  const { inputs, attrs } = args;
  const call = (others: object) => kernelFunc({ ...args, inputs: others as typeof inputs });
  return backend.cleanly(() => recording.kernel({ kernelName, inputs, attrs, call }, () => kernelFunc(args)));
}
