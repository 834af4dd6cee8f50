// Draws problems and runs each on every backend. It works in Node and in a page.

import * as tf from '@tensorflow/tfjs';
import { Draw } from './draw.js';
import type { Family, Problem } from './family.js';
import { judge } from './judge.js';

export interface FuzzOptions {
  readonly families: readonly Family[];
  readonly backends: readonly string[];
  /** The seed of the first case; the others follow from it. */
  readonly seed: number;
  /** Cases that were run before: the first case's number. Default 0. */
  readonly first?: number;
  /** Cases in a row that differ in their tensors' values alone, for which a GPU compiles programs once. Default 1. */
  readonly inputs?: number;
  /** Runs of a problem on a backend, all together. */
  readonly runs: number;
  /** Asked after each block of cases: whether to end early. */
  readonly isOver: () => boolean;
  /** The factor of all tolerances: for backends with less than float32. Default 1. */
  readonly slack?: number;
  readonly onFault: (fault: Fault) => void;
  /** Ends after this many faults. */
  readonly mostFaults: number;
}

/** A problem that some backends get wrong. */
export interface Fault {
  readonly backends: readonly string[];
  /** What reproduces the case: the family and its seed. */
  readonly id: string;
  readonly title: string;
  /** What is wrong on the first of the backends. */
  readonly message: string;
}

export interface FuzzReport {
  readonly runs: number;
  readonly faults: number;
  readonly runsOf: Readonly<Record<string, number>>;
}

/** Problems that are drawn before the backends take turns, since switching costs as much as a case. */
const BLOCK = 64;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { backends, runs, isOver, mostFaults } = options;
  const runsOf: Record<string, number> = {};
  let [done, faults] = [0, 0];
  for (let from = options.first ?? 0; done < runs && !isOver() && faults < mostFaults; from += BLOCK) {
    const block = drawBlock(options, from);
    const wrong = new Map<Drawn, { message: string; backends: string[] }>();
    for (const backend of backends) {
      await tf.setBackend(backend);
      for (const drawn of block) {
        const message = runOne(drawn.problem, options.slack);
        done++;
        runsOf[drawn.family] = (runsOf[drawn.family] ?? 0) + 1;
        if (!message) continue;
        const known = wrong.get(drawn);
        if (known) known.backends.push(backend);
        else wrong.set(drawn, { message, backends: [backend] });
      }
    }
    faults += wrong.size;
    for (const [{ id, problem }, { message, backends }] of wrong) {
      options.onFault({ id, title: problem.title, message, backends });
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { runs: done, faults, runsOf };
}

/** Undefined if the problem's outputs are right; an exception is a fault. */
export function runOne(problem: Problem, slack?: number): string | undefined {
  try {
    return judge(problem, slack);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

interface Drawn {
  readonly id: string;
  readonly family: string;
  readonly problem: Problem;
}

function drawBlock({ families, seed, inputs = 1 }: FuzzOptions, from: number): Drawn[] {
  const drawn: Drawn[] = [];
  for (let i = from; i < from + BLOCK; i++) {
    const number = Math.floor(i / inputs);
    drawn.push(drawProblem(families[number % families.length], caseSeed(seed, number), i % inputs));
  }
  return drawn;
}

/**
 * Draws until the numbers make a valid case.
 *
 * @param input Which values the tensors have. Default 0.
 */
export function drawProblem(family: Family, seed: number, input = 0): Drawn {
  for (let tried = 0; ; tried++) {
    const own = (seed + Math.imul(tried, 0x85ebca6b)) >>> 0;
    const problem = family.problem(new Draw(own, (own + Math.imul(input, 0x27d4eb2f)) >>> 0));
    if (problem) return { id: [family.name, own, ...(input ? [input] : [])].join(':'), family: family.name, problem };
  }
}

/** The case that a fault named. */
export function drawAgain(id: string, families: readonly Family[]): Problem {
  const [name, seed, input] = id.split(':');
  const family = families.find((one) => one.name === name);
  if (!family) throw new Error(`fuzz: unknown family; received ${name}`);
  return drawProblem(family, Number(seed), Number(input ?? 0)).problem;
}

function caseSeed(seed: number, i: number): number {
  return (Math.imul(seed + 1, 0x9e3779b1) + Math.imul(i, 0xc2b2ae35)) >>> 0;
}
