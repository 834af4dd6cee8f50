// TensorFlow.js's part of a context that was lost: what it keeps must go, and be made anew where the context is back.

import type { GPGPUContext, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { type DataId, engine } from '@tensorflow/tfjs-core';
import { gpgpuOn } from './gl/ownContext.js';
import type { TfjsInternals } from './tfjsInternals.js';

/** What it has made on the way and makes again when it is asked for. */
const lazily = { vertexShader: undefined, disjointQueryTimerExtension: undefined, disjoint: undefined };

/** Puts the parts of a new one in place of those of the context that was lost. */
export function restoreGpgpu(gpgpu: GPGPUContext, { binaryCache }: TfjsInternals): void {
  for (const key of Object.keys(binaryCache)) delete binaryCache[key];
  Object.assign(gpgpu, gpgpuOn(gpgpu.gl as WebGL2RenderingContext), lazily);
}

/** Ends the reads that will never be over. Whoever waits for them has been told. */
export function forgetReads(backend: MathBackendWebGL, internals: TfjsInternals, ids: readonly DataId[]): void {
  const { pendingDisposal } = internals;
  internals.pendingRead = new WeakMap();
  internals.pendingDisposal = new WeakSet();
  const waiting = backend.gpgpu as unknown as { itemsToPoll: unknown[] };
  waiting.itemsToPoll = []; // ends the loop that asks for fences
  for (const dataId of ids) {
    if (!pendingDisposal.has(dataId)) continue;
    internals.pendingDeletes--;
    if (backend.disposeData(dataId, true)) engine().removeDataId(dataId, backend);
  }
}
