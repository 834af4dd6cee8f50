/** The benchmark itself, with TensorFlow.js and this package: the page loads this file when it is asked to run, not before. */
import * as tf from '@tensorflow/tfjs';
import { answers } from '../../../bench/measure/compare.js';
import type { Report, Row } from '../../../bench/run/results.js';
import { type Listener, runSteps, stepsOf } from '../../../bench/run/steps.js';
import { verdictsOf } from '../../../bench/run/verdicts.js';
import { gpuPlan, webglSuite as suite } from '../../../bench/tables/suites.js';
import { fetchModelFile } from '../files.js';

// The page says what a software renderer's figures are worth; TensorFlow.js would refuse it.
tf.env().set('SOFTWARE_WEBGL_ENABLED', true);

export interface Session {
  /** Titles of classes, and `models`. */
  readonly groups: readonly string[];
  readonly renderer: string;
  readonly inSoftware: boolean;
  readonly listener: Listener;
  readonly signal: AbortSignal;
}

/** As a file of `npm run bench:webgl`; without first predictions, which need a fresh browser each. */
export async function measure({ groups, renderer, inSoftware, listener, signal }: Session): Promise<Report> {
  const plan = inSoftware ? suite.quick : gpuPlan;
  const steps = stepsOf({ suite, plan, backends: suite.backends, ask: answers(fetchModelFile) });
  const chosen = steps.filter(({ section, group }) => section !== 'first' && groups.includes(group));
  const { rows, failures, isStopped } = await runSteps(chosen, listener, signal);
  return { ...reportOf(renderer, rows), failures, isStopped };
}

/** So far. */
export function reportOf(renderer: string, rows: readonly Row[]): Report {
  const { userAgent, hardwareConcurrency: cores } = navigator;
  const device = { renderer, browser: userAgent, cores, tfjs: tf.version.tfjs };
  const date = new Date().toISOString().slice(0, 10);
  return { device, date, quick: true, isStopped: false, verdicts: verdictsOf(suite.aims, rows), rows, failures: [] };
}
