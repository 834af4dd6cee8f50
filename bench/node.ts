// The CPU engine beside TensorFlow.js's own backends, in Node: npm run bench -- --help

import { parseOptions } from './report/options.js';
import { inNode } from './run/inNode.js';
import { runSuite } from './run/runSuite.js';
import { nodeSuite as suite } from './tables/suites.js';

const options = parseOptions(['quick', 'only', 'backends', 'out'], () => 'node.json');
await runSuite({ suite, options, ask: inNode(), device: { node: process.version } });
