// How a group is timed: its cases take turns; a sample is as many draws as fill 10 ms, to the end of the last one. Times and
// ratios are medians over the rounds.

import { median } from '../measure.js';
import { now, threads } from './clock.js';
import { finish, type Gl } from './gl.js';

/** Queues one run; leaves its framebuffer bound. */
export type Draw = () => void;

export interface Timing {
  /** Of one run. */
  readonly ms: number;
  /** The first one's time over this one's. */
  readonly speed: number;
}

const SAMPLE_MS = 10;
const ROUNDS = 9;
const MAX_REPEATS = 500;

export async function timeDraws(gl: Gl, draws: readonly Draw[]): Promise<Timing[]> {
  const repeats: number[] = [];
  for (const draw of draws) repeats.push(await repeatsOf(gl, draw));
  const samples: number[][] = draws.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, draw] of draws.entries()) samples[i].push(await sample(gl, draw, repeats[i]));
  }
  return samples.map((all) => ({ ms: median(all), speed: median(all.map((ms, round) => samples[0][round] / ms)) }));
}

/** The first run, which compiles, is not counted. */
async function repeatsOf(gl: Gl, draw: Draw): Promise<number> {
  draw();
  const ms = Math.min(await sample(gl, draw, 1), await sample(gl, draw, 1));
  return Math.min(MAX_REPEATS, Math.ceil(SAMPLE_MS / Math.max(ms, 0.01)));
}

async function sample(gl: Gl, draw: Draw, repeats: number): Promise<number> {
  draw();
  finish(gl); // nothing of the contestant before is still running
  const start = await now();
  for (let i = 0; i < repeats; i++) draw();
  finish(gl);
  return ((await now()) - start) / threads() / repeats;
}
