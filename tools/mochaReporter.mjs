// Mocha reporter for Node: mocha's own dots and failure list, and the totals for tools/test.mjs.

import Mocha from 'mocha';
import { Tally } from './tally.mjs';

export default class CountingReporter extends Mocha.reporters.Dot {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const tally = new Tally('mocha');
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_TEST_END, EVENT_RUN_END } =
      Mocha.Runner.constants;
    runner.on(EVENT_TEST_PASS, () => tally.counts.passed++);
    runner.on(EVENT_TEST_FAIL, (test, error) => tally.fail(test.fullTitle(), error.message));
    runner.on(EVENT_TEST_PENDING, () => tally.counts.skipped++);
    runner.on(EVENT_TEST_END, (test) => tally.spend(test.titlePath()[0], test.duration));
    runner.on(EVENT_RUN_END, () => tally.write());
  }
}
