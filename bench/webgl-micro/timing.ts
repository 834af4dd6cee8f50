// How a group is timed: its cases take turns; a sample is as many draws as fill 5 ms and one wait for the end, whose own
// cost is taken off. Ratios are medians of the rounds. A time is their lower quartile, because machines are shared: a virtual
// machine that lends one of the software renderer's two cores to somebody else doubles the time of whole stretches, and
// nothing ever shortens it.

import { median } from '../measure.js';
import { finish, type Gl } from './gl.js';

/** Queues one run; leaves its framebuffer bound. */
export type Draw = () => void;

const SAMPLE_MS = 5;
const ROUNDS = 15;
const LEAST_ROUNDS = 5;
const BUDGET_MS = 12_000;
const MAX_REPEATS = 500;

export interface Timing {
  /** Of one run. */
  readonly ms: number;
  /** The first one's time over this one's, median of the rounds. */
  readonly speed: number;
}

/** Rounds end when the time is up, but for the least number. */
export function timeDraws(gl: Gl, draws: readonly Draw[], rounds = ROUNDS): Timing[] {
  const repeats = draws.map((draw) => repeatsOf(gl, draw));
  const samples: number[][] = draws.map(() => []);
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= LEAST_ROUNDS && performance.now() - start > BUDGET_MS) break;
    for (const [i, draw] of draws.entries()) samples[i].push(sample(gl, draw, repeats[i]));
  }
  return samples.map((all) => ({
    ms: lowerQuartile(all),
    speed: median(all.map((ms, round) => samples[0][round] / ms)),
  }));
}

/** The first run, which compiles, is not counted. */
function repeatsOf(gl: Gl, draw: Draw): number {
  draw();
  finish(gl);
  const ms = Math.min(sample(gl, draw, 1), sample(gl, draw, 1));
  return Math.min(MAX_REPEATS, Math.ceil(SAMPLE_MS / Math.max(ms, 0.01)));
}

function sample(gl: Gl, draw: Draw, repeats: number): number {
  draw();
  finish(gl); // nothing of the contestant before is still running
  const start = performance.now();
  for (let i = 0; i < repeats; i++) draw();
  finish(gl);
  const all = performance.now() - start;
  const waitStart = performance.now();
  finish(gl);
  return (all - (performance.now() - waitStart)) / repeats;
}

function lowerQuartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 4)];
}
