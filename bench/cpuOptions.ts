// The arguments of the CPU benchmark.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';
import { type Section, sections } from './cpuResults.js';
import type { CpuSuiteOptions } from './cpuSuite.js';

export interface CpuOptions extends CpuSuiteOptions {
  readonly browser: boolean;
  /** Of the JSON file; the chart lies beside it. Nothing is written where only a part runs, unless a file is named. */
  readonly out?: string;
}

const USAGE = `options:
  --browser           in headless Chromium, not in Node
  --quick             few rounds, few and small layers; results are not written
  --only=<regex>      what runs, of the titles "<layer> <pass>", "threads <layer>", "neighbour <name>", "model <name>" and
                      "memory <model>"; results are not written
  --sections=<a,b>    of ${sections.join(', ')}; results are not written
  --backends=<a,b>    ours, then the peers: wasm, cpu, ort-web, ort-node (in Node)
  --out=<file.json>   where the results go, in any case`;

const BACKENDS = { node: 'convnet-cpu,wasm,cpu,ort-web,ort-node', browser: 'convnet-cpu,wasm,cpu,ort-web' };

/** Undefined if help was asked for. */
export function parseCpuOptions(): CpuOptions | undefined {
  const { values } = parseArgs({
    options: {
      browser: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      sections: { type: 'string' },
      backends: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { browser, quick, only, backends = BACKENDS[browser ? 'browser' : 'node'] } = values;
  const isWhole = !quick && only === undefined && values.sections === undefined && values.backends === undefined;
  const resultName = browser ? 'cpu-chromium.json' : `cpu-node${process.versions.node.split('.')[0]}.json`;
  return {
    browser,
    quick,
    only: new RegExp(only ?? ''),
    sections: sectionsOf(values.sections),
    backends: backends.split(','),
    out: values.out ?? (isWhole ? join(root, 'bench/results', resultName) : undefined),
  };
}

function sectionsOf(list: string | undefined): readonly Section[] {
  if (list === undefined) return sections;
  return list.split(',').map((name) => {
    const section = sections.find((candidate) => candidate === name);
    if (!section) throw new Error(`--sections: must be of ${sections.join(', ')}; received ${name}`);
    return section;
  });
}
