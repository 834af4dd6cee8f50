// Karma plugin: reports through Tally, and leaves totals only if the browser came to the regular end of the run, so
// that a crash, a disconnect or a bundle that does not load is a failure for tools/test.mjs.

import { knownFailures } from '../test/conformance/knownFailures.mjs';
import { originalLines } from './originalLines.mjs';
import { Tally } from './tally.mjs';

/**
 * @typedef {object} SpecResult
 * @property {boolean} success
 * @property {boolean} skipped
 * @property {string[]} suite
 * @property {string} description
 * @property {string[]} log
 * @property {number} time in milliseconds
 */

/** @param {{ suiteName: string, suiteLabel: string }} config */
function createReporter(config) {
  const tally = new Tally(config.suiteLabel, knownFailures(config.suiteName));
  let isComplete = false;
  return {
    adapters: [],
    /**
     * @param {unknown} _browser
     * @param {{ total?: number } | undefined} info
     */
    onBrowserStart(_browser, info) {
      tally.total = info?.total ?? 0;
    },
    /**
     * @param {unknown} _browser
     * @param {SpecResult} result
     */
    onSpecComplete(_browser, result) {
      const status = result.skipped ? 'skipped' : result.success ? 'passed' : 'failed';
      tally.add([...result.suite, result.description].join(' '), status, result.log);
      tally.spend(result.suite[0] ?? result.description, result.time);
    },
    /**
     * @param {unknown} _browser
     * @param {string} log
     * @param {string} type
     */
    onBrowserLog(_browser, log, type) {
      console.log(`[${config.suiteLabel}] ${type}: ${log}`);
    },
    /**
     * @param {unknown} _browser
     * @param {{ message?: string } | string} error
     */
    onBrowserError(_browser, error) {
      const message = typeof error === 'string' ? error : (error.message ?? JSON.stringify(error));
      console.error(`[${config.suiteLabel}] browser error: ${originalLines(message)}`);
    },
    /**
     * @param {unknown} _browser
     * @param {object | undefined} result what the page sends when all tests are done; a lost browser sends none
     */
    onBrowserComplete(_browser, result) {
      isComplete = result !== undefined;
    },
    /**
     * @param {unknown} _browsers
     * @param {{ error: boolean, disconnected: boolean }} results
     */
    onRunComplete(_browsers, results) {
      tally.finish();
      if (isComplete && !results.error && !results.disconnected) tally.write();
      else console.error(`[${config.suiteLabel}] the browser did not finish`);
    },
  };
}
createReporter.$inject = ['config']; // Karma passes arguments by these names

export const countingReporter = { 'reporter:counting': ['factory', createReporter] };
