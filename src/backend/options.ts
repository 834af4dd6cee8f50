// The options of registerConvnet(), checked when they are given and not when the backend is first used.

import { findBackendFactory } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import type { UserCanvas } from '../engines/webgl/gl/ownContext.js';
import type { DevicePreference } from './chooseDevice.js';

export interface ConvnetOptions {
  /**
   * `auto` follows the flag CONVNET_DEVICE and the machine; the others insist. Default: `webgl` with a canvas or a context,
   * else `auto`.
   */
  readonly device?: DevicePreference;
  /**
   * A backend of a priority above 0 may be chosen by `tf.ready()`, the highest first; the official `webgl` has 2, `cpu` 1.
   * Default 0: only `tf.setBackend(name)` chooses it.
   */
  readonly priority?: number;
  /** A canvas whose WebGL2 context the backend uses, on this page or in a worker. It stays where it is. */
  readonly canvas?: UserCanvas;
  /** A WebGL2 context that the backend uses. What else draws with it must leave its state as it was. */
  readonly context?: WebGL2RenderingContext;
}

const where = 'registerConvnet';
const devices: readonly unknown[] = ['auto', 'webgl', 'cpu'];
const known: readonly string[] = ['device', 'priority', 'canvas', 'context'] satisfies (keyof ConvnetOptions)[];

export function checkOptions(name: string, options: ConvnetOptions): void {
  const isText = typeof name === 'string' && name !== '' && !name.includes('_');
  check(isText, where, 'the name must be a text without `_`', { name });
  check(findBackendFactory(name) == null, where, 'the name must be free; tf.removeBackend(name) frees it', { name });
  check(options !== null && typeof options === 'object', where, 'the options must be an object', { options });
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  check(unknown === undefined, where, `the options are ${known.join(', ')}`, { option: unknown });
  const { device, priority, canvas, context } = options;
  check(device === undefined || devices.includes(device), where, `device must be one of ${devices.join(' ')}`, {
    device,
  });
  check(priority === undefined || Number.isFinite(priority), where, 'priority must be a number', { priority });
  checkTarget(canvas, context);
  const isGpu = canvas !== undefined || context !== undefined;
  check(!isGpu || device !== 'cpu', where, 'the CPU engine takes neither a canvas nor a context', { device });
}

function checkTarget(canvas: unknown, context: unknown): void {
  const kind = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1);
  const isCanvas = canvas === undefined || ['HTMLCanvasElement', 'OffscreenCanvas'].includes(kind(canvas));
  check(isCanvas, where, 'canvas must be an HTMLCanvasElement or an OffscreenCanvas', { canvas: kind(canvas) });
  const isContext = context === undefined || kind(context) === 'WebGL2RenderingContext';
  check(isContext, where, 'context must be a WebGL2RenderingContext', { context: kind(context) });
  check(canvas === undefined || context === undefined, where, 'a canvas and a context exclude each other', {
    canvas: kind(canvas),
    context: kind(context),
  });
  const isLost = (context as WebGL2RenderingContext | undefined)?.isContextLost() === true;
  check(!isLost, where, 'the context must not be lost', { 'context.isContextLost()': isLost });
}
