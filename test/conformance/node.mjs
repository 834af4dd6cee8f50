// Runs the bundled conformance suite in Node: node test/conformance/node.mjs <backend name> [part of a spec's name]

import Jasmine from 'jasmine';
import { Tally } from '../../tools/tally.mjs';
import { knownFailures } from './knownFailures.mjs';

const [backendName, nameFilter] = process.argv.slice(2);
const tally = new Tally(`${backendName} in Node`, knownFailures(backendName));

const runner = new Jasmine();
runner.loadConfig({ spec_files: [], random: false });
runner.clearReporters();
runner.addReporter({
  jasmineStarted: ({ totalSpecsDefined }) => {
    tally.total = totalSpecsDefined;
  },
  specDone({ fullName, status, failedExpectations }) {
    if (status === 'excluded') return; // by the name filter
    const messages = failedExpectations.map(({ message, stack }) => `${message}\n${stack ?? ''}`);
    tally.add(fullName, status === 'pending' ? 'skipped' : status, messages);
  },
  suiteDone: ({ fullName, failedExpectations }) => addSuiteErrors(fullName, failedExpectations),
  jasmineDone({ overallStatus, failedExpectations }) {
    addSuiteErrors('outside of a spec', failedExpectations);
    tally.finish();
    if (overallStatus !== 'incomplete' || nameFilter) tally.write();
  },
});

/**
 * Errors of beforeAll and afterAll belong to no spec.
 * @param {string} name
 * @param {{ message: string }[]} errors
 */
function addSuiteErrors(name, errors) {
  for (const { message } of errors) tally.add(`${name} (set-up or tear-down)`, 'failed', [message]);
}

globalThis.conformanceBackend = backendName; // read by environment.ts
await import(new URL('../../.build/conformance-node/conformance-node.js', import.meta.url).href);
runner.exitOnCompletion = false; // the exit code is decided here: a known failure is none
await runner.execute([], nameFilter);
process.exit(tally.counts.failed > 0 || tally.counts.passed === 0 ? 1 : 0);
