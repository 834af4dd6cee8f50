/** Times the first prediction, and then later ones for about a second, so that the page soon answers again. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { figuresOf } from '../../../src/core/figures.js';
import type { Output } from '../../../src/pictures/modelOutputs.js';
import { predictValues } from '../../../src/pictures/predictValues.js';

export interface Timed {
  readonly outputs: readonly Output[];
  readonly firstMs: number;
  /** The median of the later ones; absent if the first took so long that none followed. */
  readonly laterMs?: number;
}

const ENOUGH_MS = 1000;
const MOST_RUNS = 10;

export async function predictTimed(model: LayersModel, x: Tensor, waitForPaint: () => Promise<void>): Promise<Timed> {
  const begin = performance.now();
  const { ms: firstMs, outputs } = await once(model, x);
  const later: number[] = [];
  while (later.length < MOST_RUNS && performance.now() - begin < ENOUGH_MS) {
    await waitForPaint();
    later.push((await once(model, x)).ms);
  }
  return { outputs, firstMs, laterMs: later.length > 0 ? figuresOf(later).median : undefined };
}

async function once(model: LayersModel, x: Tensor): Promise<{ ms: number; outputs: readonly Output[] }> {
  const start = performance.now();
  const outputs = await predictValues(model, [x]);
  return { ms: performance.now() - start, outputs };
}
