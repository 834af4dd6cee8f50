// Last module of the browser test bundle: leaves only every n-th mocha test, so that n browsers share the work.
// Which ones karma.conf.js says; a browser on software WebGL keeps one core busy.

/** @typedef {{ tests: unknown[], suites: MochaSuite[] }} MochaSuite */

/** @type {any} globals of Karma and mocha */
const { __karma__, mocha } = globalThis;
const { index, count } = __karma__.config.shard;
let number = 0;

/** @param {MochaSuite} suite */
function keepOwn(suite) {
  suite.tests = suite.tests.filter(() => number++ % count === index);
  suite.suites.forEach(keepOwn);
}

keepOwn(mocha.suite);
