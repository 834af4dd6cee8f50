// backendInfo(): what runs, on what, and why.

import { engine, getBackend, type KernelBackend } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import type { DeviceChoice } from './chooseDevice.js';

export interface BackendInfo {
  /** The name the backend is registered under. */
  readonly name: string;
  /** The engine that computes. */
  readonly engine: 'webgl' | 'cpu';
  /** The GPU as its driver names it, or the JavaScript engine's platform. */
  readonly device: string;
  /** Why this engine: one sentence. */
  readonly reason: string;
  readonly features: Readonly<Record<string, boolean | number | string>>;
}

// The information stands on the backend itself, under a shared symbol: an application may hold two copies of this package
// (its ES module and its CommonJS build), and only the first has registered the backends.
const infoKey = Symbol.for('tfjs-backend-convnet.info');
type Described = KernelBackend & { [infoKey]?: BackendInfo };

export function recordInfo(backend: KernelBackend, info: Omit<BackendInfo, 'engine' | 'reason'> & DeviceInfo): void {
  const { name, device, features, choice } = info;
  const { device: engine, reason } = choice;
  (backend as Described)[infoKey] = Object.freeze({ name, engine, device, reason, features });
}

/** The information of a backend; undefined if it is not one of ours. */
export function engineInfo(backend: KernelBackend): BackendInfo | undefined {
  return (backend as Described)[infoKey];
}

interface DeviceInfo {
  readonly choice: DeviceChoice;
}

/**
 * Describes a backend of this package.
 *
 * @param name The backend's name; default: the active one.
 * @throws If that backend is not one of ours, or has not been used yet (`await tf.setBackend(name)` first).
 */
export function backendInfo(name: string = getBackend()): BackendInfo {
  const backend: KernelBackend | undefined = engine().registry[name];
  const info = backend && engineInfo(backend);
  check(info != null, 'backendInfo', 'the backend must be a convnet backend that has been set once', { backend: name });
  return Object.freeze({ ...info, features: Object.freeze({ ...info.features }) }); // as they are now
}
