/** Runs selfTest() on each engine that starts in this browser. */
import { env, setBackend } from '@tensorflow/tfjs-core';
import { type SelfTestReport, selfTest } from '../../../src/index.js';
import { PageError } from '../pageError.js';

export interface EngineReport {
  readonly backend: string;
  readonly passed: boolean;
  readonly results: SelfTestReport['results'];
  /** What backendInfo() says. */
  readonly info: SelfTestReport['backend'];
}

export interface Report {
  readonly date: string;
  readonly passed: boolean;
  readonly versions: SelfTestReport['versions'];
  readonly userAgent: string;
  readonly flags: SelfTestReport['flags'];
  /** Engines that did not start here. */
  readonly missing: readonly string[];
  readonly engines: readonly EngineReport[];
}

export async function testEngines(onEngine: (backend: string) => Promise<void>): Promise<Report> {
  // A renderer in software is slow, and tells as much of the kernels as a GPU does of its own.
  env().set('SOFTWARE_WEBGL_ENABLED', true);
  const engines: EngineReport[] = [];
  const missing: string[] = [];
  let last: SelfTestReport | undefined;
  for (const backend of ['convnet-cpu', 'convnet-webgl']) {
    await onEngine(backend);
    if (!(await setBackend(backend))) {
      missing.push(backend);
      continue;
    }
    last = await selfTest(backend);
    engines.push({ backend, passed: last.passed, results: last.results, info: last.backend });
  }
  if (!last) throw new PageError('Update this browser.', 'Neither engine starts in it, so there is nothing to test.');
  const { versions, userAgent, flags } = last;
  const date = new Date().toISOString().slice(0, 10);
  return { date, passed: engines.every(({ passed }) => passed), versions, userAgent, flags, missing, engines };
}
