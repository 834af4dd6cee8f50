// Registers the backends. A factory chooses the engine, installs that engine's kernels under the backend's name, installs
// the gradients, and returns the backend. All of it is synchronous: TensorFlow.js looks kernels up by backend name, runs
// their set-up after the factory, and is left without a backend where a factory fails asynchronously.

import { findBackendFactory, type KernelBackend, registerBackend } from '@tensorflow/tfjs-core';
import type { DeviceChoice, DevicePreference } from './chooseDevice.js';
import { type Engines, installedEngines } from './engines.js';
import { type ConvnetOptions, checkOptions } from './options.js';

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
  const contextOf = () => (canvas ? engineFor('webgl', name).contextOfCanvas(name, canvas) : context);
  registerBackend(name, () => openBackend(name, device, contextOf), priority);
}

/**
 * Registers `convnet`, `convnet-webgl` and `convnet-cpu`, as far as the imported entries of this package have their
 * engines. Importing an entry does so; call it again after tf.removeBackend() to have a removed one back. Names that are
 * still registered are left alone.
 */
export function registerBackends(): void {
  const names = { convnet: 'auto', 'convnet-webgl': 'webgl', 'convnet-cpu': 'cpu' } as const;
  for (const [name, device] of Object.entries(names)) {
    const isHere = device === 'auto' || installedEngines[device] !== undefined;
    if (isHere && findBackendFactory(name) == null) registerConvnet(name, { device });
  }
}

type ContextOf = () => WebGL2RenderingContext | undefined;

function openBackend(name: string, device: DevicePreference, contextOf: ContextOf): KernelBackend {
  const reason = `the backend's name is ${name}`;
  if (device === 'cpu') return engineFor('cpu', name).open(name, { device, reason });
  if (device === 'webgl') return engineFor('webgl', name).open(name, { device, reason }, contextOf());
  const choice = chooseAmong(installedEngines);
  if (choice.device === 'cpu') return engineFor('cpu', name).open(name, choice);
  const { cpu } = installedEngines;
  try {
    return engineFor('webgl', name).open(name, choice, contextOf());
  } catch (error) {
    if (!cpu) throw error;
    return cpu.open(name, { device: 'cpu', reason: (error as Error).message });
  }
}

/** With one engine there is no choice: where that cannot run, the backend fails with its reason. */
function chooseAmong({ cpu, webgl }: Engines): DeviceChoice {
  if (cpu && webgl) return webgl.choose();
  const [device, entry] = cpu ? (['cpu', 'cpu'] as const) : (['webgl', 'webgl'] as const);
  return { device, reason: `the app has imported tfjs-backend-convnet/${entry} alone` };
}

function engineFor<D extends keyof Engines>(device: D, name: string): NonNullable<Engines[D]> {
  const engine = installedEngines[device];
  if (engine) return engine as NonNullable<Engines[D]>;
  const rule = `${name} needs the engine '${device}'; import tfjs-backend-convnet, or tfjs-backend-convnet/${device}`;
  const error = new Error(`${rule}; received imports of ${Object.keys(installedEngines).join() || 'neither'} alone`);
  error.stack = error.message; // TensorFlow.js prints the stack as its warning
  throw error;
}
