// The arguments that all benchmark programs share.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';
import type { SuiteOptions } from './suite.js';

export interface BenchOptions extends SuiteOptions {
  /** Not written where only a part runs, unless a file is named. */
  readonly out?: string;
  /** ANGLE's back end in Chromium: swiftshader (software), or vulkan, gl, metal, d3d11 for a GPU. */
  readonly angle: string;
}

const USAGE = `options:
  --quick             fewer rounds, and none of the largest layers
  --only=<regex>      what runs, of the titles "<layer> <pass>" and "model <name>"; results are not written
  --backends=<a,b>    ours, then the peers
  --out=<file>        where the results go
  --angle=<name>      in the browser: swiftshader (default), vulkan, gl, metal, d3d11`;

/** Undefined if help was asked for. */
export function parseOptions(backends: string, resultName: string): BenchOptions | undefined {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      backends: { type: 'string', default: backends },
      out: { type: 'string' },
      angle: { type: 'string', default: 'swiftshader' },
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
    angle: values.angle,
  };
}
