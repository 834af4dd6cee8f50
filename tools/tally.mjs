// Counts test results, says how far a run has come, tells known failures from real ones and leaves totals and failures
// where tools/test.mjs finds them: in the JSON file named by the environment variable TEST_RESULT. Shared by all reporters.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { originalLines } from './originalLines.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} known failures that are on the list of known ones
 *
 * @typedef {object} Result what a run leaves
 * @property {Counts} counts
 * @property {readonly string[]} failures a line each: the test's name, and what it says
 * @property {Readonly<Record<string, number>>} ms by outermost suite, what its tests took
 *
 * @typedef {object} KnownFailure a spec whose name holds all the words is expected to fail
 * @property {readonly string[]} words
 * @property {string} why
 */

const PROGRESS_EVERY_MS = 5000;

export class Tally {
  /** @type {Counts} */
  counts = { passed: 0, failed: 0, skipped: 0, known: 0 };
  /** @type {string[]} */
  #knownLines = [];
  /** @type {string[]} */
  #failures = [];
  /** @type {Record<string, number>} */
  #ms = {};
  #startMs = Date.now();
  #lastProgressMs = Date.now();

  /**
   * @param {string} label starts each line of output
   * @param {readonly KnownFailure[]} knownFailures
   */
  constructor(label, knownFailures = []) {
    this.label = label;
    this.knownFailures = knownFailures;
    this.total = 0; // tests to come, where the runner says so
  }

  /**
   * @param {string} name
   * @param {'passed' | 'failed' | 'skipped'} status
   * @param {readonly string[]} messages
   */
  add(name, status, messages = []) {
    const known = this.knownFailures.find(({ words }) => words.every((word) => name.includes(word)));
    if (status === 'failed' && known) {
      this.counts.known++;
      this.#knownLines.push(`known: ${name} (${known.why})`);
    } else {
      if (status !== 'failed') this.counts[status]++;
      if (status === 'passed' && known) this.#knownLines.push(`passes although on the list of known failures: ${name}`);
      if (status === 'failed') {
        this.fail(name, messages[0]);
        for (const message of messages) console.log(originalLines(message).replace(/^/gm, '    '));
      }
    }
    this.#progress();
  }

  /**
   * Counts a failure, and says so at once and when the run has ended.
   * @param {string} name
   * @param {string} [message] of which the first line is kept
   */
  fail(name, message = '') {
    const [firstLine] = message.trim().split('\n', 1);
    this.counts.failed++;
    this.#failures.push(firstLine ? `${name}: ${firstLine}` : name);
    this.#print(`FAILED ${name}`);
  }

  /** @param {string} suite the outermost one @param {number} [ms] what a test of it took */
  spend(suite, ms = 0) {
    this.#ms[suite] = (this.#ms[suite] ?? 0) + ms;
  }

  /** Prints the end of the run. */
  finish() {
    for (const line of this.#knownLines) this.#print(line);
    for (const failure of this.#failures) this.#print(`FAILED ${failure}`);
    this.#print(this.#summary());
  }

  /** Leaves the result for tools/test.mjs. Call it only when the run came to its regular end. */
  write() {
    const file = process.env.TEST_RESULT;
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ counts: this.counts, failures: this.#failures, ms: this.#ms }));
  }

  #progress() {
    const now = Date.now();
    if (now - this.#lastProgressMs < PROGRESS_EVERY_MS) return;
    this.#lastProgressMs = now;
    this.#print(this.#summary());
  }

  #summary() {
    const { passed, failed, skipped, known } = this.counts;
    const seconds = Math.round((Date.now() - this.#startMs) / 1000);
    const of = this.total > 0 ? ` of ${this.total}` : '';
    return `${passed} passed, ${failed} failed, ${skipped} skipped, ${known} known failures${of}, ${seconds} s`;
  }

  /** @param {string} text */
  #print(text) {
    console.log(`[${this.label}] ${text}`);
  }
}
