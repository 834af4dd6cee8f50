/** The benchmark itself, with TensorFlow.js and this package: the page loads this file when it is asked to run, not before. */
import * as tf from '@tensorflow/tfjs';
import { comparisons } from '../../../bench/compare.js';
import type { WebglReport, WebglRow } from '../../../bench/webglResults.js';
import { gpuSettings, quickSettings } from '../../../bench/webglSettings.js';
import { runWebglSteps, type WebglListener, webglSteps } from '../../../bench/webglSuite.js';
import { webglVerdicts } from '../../../bench/webglVerdicts.js';
import { fetchModelFile } from '../files.js';

// The page says what a software renderer's figures are worth; TensorFlow.js would refuse it.
tf.env().set('SOFTWARE_WEBGL_ENABLED', true);

export interface Session {
  /** Titles of classes, and `models`. */
  readonly groups: readonly string[];
  readonly renderer: string;
  readonly inSoftware: boolean;
  readonly listener: WebglListener;
  readonly signal: AbortSignal;
}

/** As a file of `npm run bench:webgl`; without first predictions, which need a fresh browser each. */
export async function measure({ groups, renderer, inSoftware, listener, signal }: Session): Promise<WebglReport> {
  const steps = webglSteps(comparisons(fetchModelFile), inSoftware ? quickSettings : gpuSettings);
  const chosen = steps.filter(({ section, group }) => section !== 'first' && groups.includes(group));
  const { rows, failures, isStopped } = await runWebglSteps(chosen, listener, signal);
  return { ...reportOf(renderer, rows), failures, isStopped };
}

/** So far. */
export function reportOf(renderer: string, rows: readonly WebglRow[]): WebglReport {
  const { userAgent, hardwareConcurrency: cores } = navigator;
  const device = { renderer, browser: userAgent, cores, tfjs: tf.version.tfjs };
  const date = new Date().toISOString().slice(0, 10);
  return { device, date, quick: true, isStopped: false, verdicts: webglVerdicts(rows), rows, failures: [] };
}
