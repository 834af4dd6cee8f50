// The one form of all experiments: a table of cases, each with a draw and a row of figures. The cases take turns; a
// sample is as many draws as fill 10 ms, to the end of the last one. Times and ratios are medians over the rounds.

import { median } from '../measure/turns.js';
import { createProgram, createTarget, createTexture, finish, type Gl } from './gl.js';

declare global {
  /** Milliseconds that the browser's GPU process has computed, all threads together: see processorClock.ts. */
  var processorMs: (() => Promise<number>) | undefined;
  /** Threads over which a software renderer spreads the rows of a draw. */
  var rendererThreads: number | undefined;
}

export const now = async (): Promise<number> => (globalThis.processorMs ? globalThis.processorMs() : performance.now());

/** By which to divide a draw's time. */
export const threads = (): number => globalThis.rendererThreads ?? 1;

/** Queues one run; leaves its framebuffer bound. */
export type Draw = () => void;
export type Figures = Readonly<Record<string, string | number>>;
export type Table = { readonly title: string; readonly rows: readonly Figures[] };
/** `ms` is the time of one run; `speed` is the first case's time over this one's. */
export type Timing = { readonly ms: number; readonly speed: number };

const SAMPLE_MS = 10;
const ROUNDS = 9;
const MAX_REPEATS = 500;

export async function timeDraws(gl: Gl, cases: readonly { readonly draw: Draw }[]): Promise<Timing[]> {
  const repeats: number[] = [];
  for (const { draw } of cases) {
    draw(); // compiles
    const ms = Math.min(await sample(gl, draw, 1), await sample(gl, draw, 1));
    repeats.push(Math.min(MAX_REPEATS, Math.ceil(SAMPLE_MS / Math.max(ms, 0.01))));
  }
  const samples: number[][] = cases.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { draw }] of cases.entries()) samples[i].push(await sample(gl, draw, repeats[i]));
  }
  return samples.map((all) => ({ ms: median(all), speed: median(all.map((ms, round) => samples[0][round] / ms)) }));
}

async function sample(gl: Gl, draw: Draw, repeats: number): Promise<number> {
  draw();
  finish(gl); // nothing of the contestant before is still running
  const start = await now();
  for (let i = 0; i < repeats; i++) draw();
  finish(gl);
  return ((await now()) - start) / threads() / repeats;
}

/** A table of synthetic shaders, which may be drawn at any size. */
export interface ShaderExperiment<Case> {
  readonly cases: readonly Case[];
  title(fragments: number): string;
  /** Default 1. */
  targets?(one: Case): number;
  /** Whether each target is a 2D texture of its own, or all are layers of one array, the default. */
  hasPlanes?(one: Case): boolean;
  source(one: Case): string;
  /** Sets uniforms and textures; the program is the current one. */
  set(program: WebGLProgram, one: Case): void;
  /** What the first component of the first texel must be; not checked where undefined. */
  expected(one: Case): number | undefined;
  row(one: Case, timing: Timing, fragments: number, first: Timing): Figures;
}

const LONG_ENOUGH_MS = 4;
const SMALLEST = 64;
const LARGEST = 1024; // eight targets of 16 MiB

export async function runShaders<Case>(gl: Gl, experiment: ShaderExperiment<Case>): Promise<Table> {
  const { cases } = experiment;
  // 64 x 64 fragments keep a software renderer busy for some milliseconds and a GPU for some microseconds
  let side = SMALLEST;
  while (side < LARGEST && (await sample(gl, setUp(gl, experiment, cases[0], side), 1)) < LONG_ENOUGH_MS) side *= 2;
  const draws = cases.map((one) => ({ draw: setUp(gl, experiment, one, side) }));
  const timings = await timeDraws(gl, draws);
  const fragments = side * side;
  const rows = cases.map((one, i) => experiment.row(one, timings[i], fragments, timings[0]));
  return { title: experiment.title(fragments), rows };
}

function setUp<Case>(gl: Gl, experiment: ShaderExperiment<Case>, one: Case, side: number): Draw {
  const source = experiment.source(one);
  const program = createProgram(gl, source);
  const size = { width: side, height: side };
  const targets = experiment.targets?.(one) ?? 1;
  const planes = experiment.hasPlanes?.(one) && Array.from({ length: targets }, () => createTexture(gl, size));
  const target = createTarget(gl, planes || [createTexture(gl, { ...size, layers: targets })]);
  const draw = () => {
    gl.useProgram(program);
    experiment.set(program, one);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, side, side);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  draw();
  const [value] = finish(gl);
  const expected = experiment.expected(one);
  if (expected === undefined || Math.abs(value - expected) <= 1e-4 * Math.abs(expected)) return draw;
  throw new Error(`a texel must be ${expected}; received ${value} from\n${source}`);
}
