// Last module of the browser test bundle: leaves only the tests of one shard, which karma.conf.js says. Files are never
// divided: their tests share programs, and what `before` has made.

import { shardOf } from './shard.mjs';

/** @typedef {{ title: string, file?: string }} Outermost a suite or test whose `file` the bundle has set, see bundle.mjs */

/** @type {any} globals of Karma and mocha */
const { __karma__, mocha } = globalThis;
const { shard } = __karma__.config;
if (shard) {
  mocha.suite.suites = mocha.suite.suites.filter(isOfShard);
  mocha.suite.tests = mocha.suite.tests.filter(isOfShard);
}

/** @param {Outermost} one */
function isOfShard({ title, file }) {
  const name = file && shardOf(file);
  if (!name) throw new Error(`takeShard: the file of each test must be known; received title=${title} file=${file}`);
  return name === shard;
}
