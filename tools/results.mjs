// What the runs of `npm test` have come to: counts, failures to be named at the end, and what suites took.

import { readFileSync } from 'node:fs';

/** @typedef {import('./tally.mjs').Counts} Counts */

/** What has failed, a line each: they are printed again at the end, where a long log is read first. @type {string[]} */
export const failures = [];

/** What the outermost suites took, by runner. @type {Map<string, Readonly<Record<string, number>>>} */
export const spent = new Map();

/** Given by --grep, or '' for all tests; in the environment, where karma.conf.js reads it. */
export function grep() {
  return process.env.TEST_GREP ?? '';
}

/** Notes a failure that no test tells of. @param {string} what @param {Partial<Counts>} [others] @returns {Counts} */
export function failed(what, others = {}) {
  console.error(what);
  failures.push(what);
  return counts({ ...others, failed: (others.failed ?? 0) + 1 });
}

/** @param {Partial<Counts>} some @returns {Counts} */
export function counts(some) {
  return { passed: 0, failed: 0, skipped: 0, known: 0, ...some };
}

/** @param {Counts} result */
export function hasRunNone({ passed, failed, known }) {
  return passed + failed + known === 0;
}

/** @param {readonly Counts[]} all */
export function sum(all) {
  const total = counts({});
  for (const one of all) {
    for (const key of /** @type {(keyof Counts)[]} */ (Object.keys(total))) total[key] += one[key];
  }
  return total;
}

/**
 * Reads what a reporter has left, see tally.mjs.
 * @param {string} name of the runner @param {string} file @param {number} exitCode of the runner
 * @returns {Counts}
 */
export function readResult(name, file, exitCode) {
  /** @type {import('./tally.mjs').Result | null} */
  const result = readJson(file);
  if (!result) return failed(`${name} did not finish (exit code ${exitCode})`);
  failures.push(...result.failures.map((failure) => `${name}: ${failure}`));
  spent.set(name, result.ms);
  const total = result.counts;
  // Karma's exit code counts the known failures too; elsewhere it may tell of an error outside of any test.
  const isClean = exitCode === 0 || total.failed + total.known > 0;
  return isClean ? total : failed(`${name} ended with exit code ${exitCode}`, total);
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
