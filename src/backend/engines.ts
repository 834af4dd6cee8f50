// The engines that this app carries. The entry `tfjs-backend-convnet` installs both, `tfjs-backend-convnet/cpu` and
// `tfjs-backend-convnet/webgl` one each. An app that imports several entries has all of their engines.

import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { CpuBackend } from '../engines/cpu/backend.js';
import type { NamedKernel } from '../tfjs/registry.js';
import type { DeviceChoice } from './chooseDevice.js';

/** A CPU engine that stands by for WebGL2 kernels that fail. */
export interface StandBy {
  readonly backend: CpuBackend;
  readonly kernels: readonly NamedKernel[];
}

export interface CpuEngine {
  /** Makes a backend and registers its kernels under `name`. */
  open(name: string, choice: DeviceChoice): KernelBackend;
  standBy(name: string): StandBy;
}

export interface WebglEngine {
  /** Makes a backend and registers its kernels under `name`. `context`: default the one that TensorFlow.js shares. */
  open(name: string, choice: DeviceChoice, context: WebGL2RenderingContext | undefined): KernelBackend;
  /** Chooses between the two engines for the backend `convnet`; an app without WebGL2 need not carry how. */
  choose(): DeviceChoice;
  contextOfCanvas(name: string, canvas: HTMLCanvasElement | OffscreenCanvas): WebGL2RenderingContext;
}

export interface Engines {
  cpu?: CpuEngine;
  webgl?: WebglEngine;
}

export const installedEngines: Engines = {};
