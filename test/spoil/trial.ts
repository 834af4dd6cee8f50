// One trial: a scenario runs while one render target of one program is wrong.

import * as tf from '@tensorflow/tfjs';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import { WrongProgramError } from '../../src/engines/webgl/gl/failures.js';
import { programsOf, type Spoiling, whileSpoilt } from '../support/webgl/spoilProgram.js';
import type { Run, Scenario } from './scenarios.js';

/**
 * `right`: all results were right. `refused`: reading one was an error that said so, and the next was right. `noticed`: one
 * was wrong, or a long run was stopped, and a warning said so, or an error. `silent`: one was wrong, and nothing said so.
 */
export type Outcome = 'right' | 'refused' | 'noticed' | 'silent';

export interface Trial {
  readonly outcome: Outcome;
  readonly warnings: readonly string[];
}

export interface Prepared {
  readonly scenario: Scenario;
  readonly run: Run;
  readonly expected: Float32Array;
  /** Render targets of each program, by key. */
  readonly programs: ReadonlyMap<string, number>;
}

const backend = () => tf.backend() as WebglBackend;

export async function prepare(scenario: Scenario, readFile: Parameters<Scenario['prepare']>[0]): Promise<Prepared> {
  const run = await scenario.prepare(readFile);
  const whole = () => run(() => false) as Promise<Float32Array>;
  await whole();
  await whole(); // learns which results are used twice
  const programs = await programsOf(backend(), whole);
  const expected = await whole();
  const targets = [...programs].map(([key, program]) => [key, program.targets] as const);
  return { scenario, run, expected, programs: new Map(targets) };
}

export function runTrial({ scenario, run, expected }: Prepared, spoiling: Spoiling): Promise<Trial> {
  return whileSpoilt(backend(), spoiling, async () => {
    const warnings: string[] = [];
    const { warn } = console;
    console.warn = (...parts: unknown[]) => void warnings.push(parts.join(' '));
    let isRight = true;
    let isRefused = false;
    try {
      for (let i = 0; i < scenario.runs; i++) {
        const isLast = i === scenario.runs - 1;
        const attempt = run(() => warnings.length > 0);
        const result = await (isLast ? attempt : attempt.catch(ofWrongProgram));
        if (result instanceof WrongProgramError) {
          isRefused = true;
          continue;
        }
        backend().selfTest.testWaiting(); // the idle time between two runs
        isRight &&= result !== undefined && isClose(result, expected, scenario.tolerance);
        if (warnings.length > 0) break; // the other program has been used, and later runs use it too
      }
    } catch (error) {
      isRight = false;
      warnings.push((error as Error).message);
    } finally {
      console.warn = warn;
    }
    const outcome = isRight ? (isRefused ? 'refused' : 'right') : warnings.length > 0 ? 'noticed' : 'silent';
    return { outcome, warnings };
  });
}

/** The error of a result that is refused; every other one is thrown. */
function ofWrongProgram(error: Error): WrongProgramError {
  if (error instanceof WrongProgramError) return error;
  throw error;
}

function isClose(actual: Float32Array, expected: Float32Array, tolerance: number): boolean {
  const most = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return actual.every((value, i) => Math.abs(value - expected[i]) <= tolerance * most);
}
