// The arguments of the benchmark in Node.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';
import type { SuiteOptions } from './suite.js';

export interface BenchOptions extends SuiteOptions {
  /** Not written where only a part runs, unless a file is named. */
  readonly out?: string;
}

const USAGE = `options:
  --quick             fewer rounds, and none of the largest layers
  --only=<regex>      what runs, of the titles "<layer> <pass>" and "model <name>"; results are not written
  --backends=<a,b>    ours, then the peers
  --out=<file>        where the results go`;

/** Undefined if help was asked for. */
export function parseOptions(backends: string, resultName: string): BenchOptions | undefined {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      backends: { type: 'string', default: backends },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const isWhole = values.only === undefined && values.backends === backends;
  return {
    quick: values.quick,
    only: new RegExp(values.only ?? ''),
    backends: values.backends.split(','),
    out: values.out ?? (isWhole ? join(root, 'bench/results', resultName) : undefined),
  };
}
