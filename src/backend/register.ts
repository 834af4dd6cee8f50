// Registers the backends. A factory chooses the engine, installs that engine's kernels under the backend's name, installs
// the gradients, and returns the backend. All of it is synchronous: TensorFlow.js looks kernels up by backend name, runs
// their set-up after the factory, and is left without a backend where a factory fails asynchronously.

import { env, findBackendFactory, type KernelBackend, type KernelConfig, registerBackend } from '@tensorflow/tfjs-core';
import { rendererOf } from '../core/renderer.js';
import { CpuBackend } from '../engines/cpu/backend.js';
import { openConvContext } from '../engines/cpu/conv/openConvContext.js';
import { jsEngine } from '../engines/cpu/jsEngine.js';
import { updateKernel } from '../engines/cpu/ops/elementwise/update.js';
import { opKernels as cpuOps } from '../engines/cpu/ops/index.js';
import { plainKernels } from '../engines/cpu/ops/plain.js';
import { plainUpdate } from '../engines/cpu/ops/plainUpdate.js';
import { type CpuOptions, cpuOptions, openDevice } from '../engines/cpu/runtime/openDevice.js';
import { wasmEngine } from '../engines/cpu/wasmEngine.js';
import { WebglBackend } from '../engines/webgl/backend.js';
import { webglEngine } from '../engines/webgl/engine.js';
import { contextOfCanvas, gpgpuOn } from '../engines/webgl/gl/ownContext.js';
import { scatterKernels } from '../engines/webgl/ops/cleanOperands.js';
import { opKernels as webglOps } from '../engines/webgl/ops/index.js';
import { installGroupGradients, installTfjsGradients } from '../ops/gradients.js';
import { installPoolGradients } from '../ops/poolGradients.js';
import { installResizeGradients } from '../ops/resizeGradients.js';
import { readFlag } from '../tfjs/flags.js';
import { officialKernels } from '../tfjs/officialKernels.js';
import { markConvnet, type NamedKernel, replaceKernels } from '../tfjs/registry.js';
import { installTapeRelease } from '../tfjs/releaseTape.js';
import { chooseDevice, type DeviceChoice, type DevicePreference, probeWebgl2 } from './chooseDevice.js';
import { convKernels } from './convKernels.js';
import { CpuTakeover, withTakeover } from './cpuTakeover.js';
import { drawIn2d } from './draw.js';
import { fallbackKernels } from './fallback.js';
import { withFusedBiasCheck } from './fusedBias.js';
import { installFusedGradients } from './fusedGradient.js';
import { recordInfo } from './info.js';
import { type ConvnetOptions, checkOptions } from './options.js';
import { leavingNothing, onlyOn } from './ownKernels.js';
import { withResolvedPooling } from './poolKernels.js';
import { withResolved3d } from './resolved3d.js';
import { webglUpdate } from './webglUpdate.js';

/**
 * Registers a backend of one's own: a second one beside `convnet`, one that `tf.ready()` chooses, or one on a canvas or a
 * WebGL2 context of the page. It is made when it is first used. `tf.removeBackend(name)` removes it.
 *
 * @param name Must not contain `_`: TensorFlow.js splits its kernel keys there.
 * @throws If the name is taken, or an option is not what `ConvnetOptions` says.
 */
export function registerConvnet(name: string, options: ConvnetOptions = {}): void {
  checkOptions(name, options);
  const { canvas, context, priority = 0 } = options;
  const { device = canvas || context ? 'webgl' : 'auto' } = options;
  const contextOf = canvas ? () => contextOfCanvas(name, canvas) : () => context;
  registerBackend(name, () => makeBackend(name, device, contextOf), priority);
}

/** Registers the CPU engine with chosen features, whatever the flags say. */
export function registerConvnetCpu(name: string, options: CpuOptions): void {
  const choice = { device: 'cpu', reason: `the backend's name is ${name}` } as const;
  registerBackend(name, () => makeCpuBackend(name, choice, options), 0);
}

/**
 * Registers `convnet`, `convnet-webgl` and `convnet-cpu`. Importing the package does so; call it again after
 * tf.removeBackend() to have a removed one back. Names that are still registered are left alone.
 */
export function registerBackends(): void {
  const names = { convnet: 'auto', 'convnet-webgl': 'webgl', 'convnet-cpu': 'cpu' } as const;
  for (const [name, device] of Object.entries(names)) {
    if (findBackendFactory(name) == null) registerConvnet(name, { device });
  }
}

type ContextOf = () => WebGL2RenderingContext | undefined;

function makeBackend(name: string, device: DevicePreference, contextOf: ContextOf): KernelBackend {
  if (device === 'cpu') return makeCpuBackend(name, { device, reason: `the backend's name is ${name}` });
  if (device === 'webgl') {
    requireWebgl2(name);
    return makeWebglBackend(name, { device, reason: `the backend's name is ${name}` }, contextOf());
  }
  const choice = chooseDevice(readFlag('CONVNET_DEVICE'));
  if (choice.device === 'cpu') return makeCpuBackend(name, choice);
  try {
    requireWebgl2(name);
    return makeWebglBackend(name, choice, contextOf());
  } catch (error) {
    return makeCpuBackend(name, { device: 'cpu', reason: (error as Error).message });
  }
}

function makeCpuBackend(name: string, choice: DeviceChoice, options: CpuOptions = cpuOptions()): KernelBackend {
  const device = openDevice(name, options);
  const backend = new CpuBackend(device);
  if (device) openConvContext(backend); // chooses its tiles now, by running them, and not in the first prediction
  install(name, cpuKernels(name, device != null));
  const features = {
    simd: device != null,
    fma: device?.features.fma ?? false,
    revec: device?.features.revec ?? false,
    get threads() {
      return device?.threads ?? 1; // changes with setThreadsCount()
    },
  };
  recordInfo(backend, { name, device: platformName(), choice, features });
  return backend;
}

/** The kernels of the CPU engine, with WebAssembly or in plain JavaScript. */
function cpuKernels(name: string, hasDevice: boolean): (NamedKernel | KernelConfig)[] {
  const engine = hasDevice ? wasmEngine : jsEngine;
  const ops = hasDevice ? [...cpuOps, updateKernel] : [...plainKernels, plainUpdate];
  const inherited = drawIn2d(officialKernels('cpu', name), name);
  return leavingNothing(checked([...inherited, ...onlyOn(CpuBackend, [...ops, ...convKernels(engine)])]));
}

/** Where JavaScript runs: Node's version and platform, or the browser's user agent. */
function platformName(): string {
  if (env().getBool('IS_NODE')) return `Node.js ${process.version} on ${process.platform} ${process.arch}`;
  return globalThis.navigator?.userAgent ?? 'an unknown JavaScript engine';
}

/** @param context Default: the one that TensorFlow.js's backends share. */
function makeWebglBackend(name: string, choice: DeviceChoice, context?: WebGL2RenderingContext): KernelBackend {
  const backend = new WebglBackend(context && gpgpuOn(context));
  const webgl = officialKernels('webgl', name);
  const cpu = drawIn2d(officialKernels('cpu', name), name);
  const kernels = [
    ...webgl,
    ...fallbackKernels(cpu, webgl),
    ...scatterKernels,
    ...webglOps,
    webglUpdate,
    ...convKernels(webglEngine),
  ];
  const takeover = new CpuTakeover(() => {
    const device = openDevice(name, cpuOptions());
    return { backend: new CpuBackend(device), kernels: cpuKernels(name, device != null) };
  });
  install(name, onlyOn(WebglBackend, withTakeover(checked(kernels), takeover)));
  const { maxTextureSize, maxDrawBuffers, float32 } = backend.caps;
  recordInfo(backend, {
    name,
    device: rendererOf(backend.gpgpu.gl as WebGL2RenderingContext),
    choice,
    features: {
      float32,
      maxDrawBuffers,
      maxTextureSize,
      get context() {
        return backend.contextLoss.summary;
      },
      get selfTest() {
        return backend.selfTest.summary; // grows with the kernels that are used
      },
    },
  });
  return backend;
}

function install(name: string, kernels: readonly (NamedKernel | KernelConfig)[]): void {
  markConvnet(name);
  // TensorFlow.js runs set-up functions each time the backend is selected.
  const setupFunc = installGradients;
  replaceKernels(
    name,
    kernels.map((kernel) => (kernel.kernelName === 'Conv2D' ? { ...kernel, setupFunc } : kernel)),
  );
  installGradients();
}

/** Kernels that check their arguments before any engine sees them. */
function checked(kernels: readonly (NamedKernel | KernelConfig)[]): (NamedKernel | KernelConfig)[] {
  return withFusedBiasCheck(withResolved3d(withResolvedPooling(kernels)));
}

function installGradients(): void {
  installGroupGradients();
  installTfjsGradients();
  installPoolGradients();
  installResizeGradients();
  installFusedGradients();
  installTapeRelease();
}

/** Throws, with a message that says what is missing, where TensorFlow.js cannot make a WebGL2 context. */
function requireWebgl2(name: string): void {
  const probe = probeWebgl2();
  let problem: string | undefined;
  if (!probe.webgl2) problem = 'WebGL2 is not available here';
  else if (env().getNumber('WEBGL_VERSION') !== 2) {
    problem = probe.software
      ? `WebGL2 is emulated in software (${probe.renderer}); accept that with tf.env().set('SOFTWARE_WEBGL_ENABLED', true) first`
      : `TensorFlow.js has WebGL ${env().getNumber('WEBGL_VERSION')} here (flag WEBGL_VERSION), WebGL2 is needed`;
  }
  if (problem == null) return;
  const error = new Error(`${name}: ${problem}`);
  error.stack = error.message; // TensorFlow.js prints the stack as its warning
  throw error;
}
