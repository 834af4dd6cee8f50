// The arguments of the benchmarks: one list, of which each command takes some.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tools/setup.mjs';
import { type Section, sections } from '../run/results.js';

const OPTIONS = {
  quick: ['boolean', '', 'few rounds, few and small layers, two models; results are not written'],
  browser: ['boolean', '', 'in headless Chromium, not in Node'],
  only: [
    'string',
    '=<regex>',
    'which titles run (see README.md), or groups of bench:webgl-micro; results are not written',
  ],
  sections: ['string', '=<a,b>', `of ${sections.join(', ')}; results are not written`],
  backends: ['string', '=<a,b>', 'ours, then the peers; results are not written'],
  python: [
    'string',
    '=<python>',
    'a Python with Keras and TensorFlow: adds LiteRT.js to layers in the browser, and real Keras in Node',
  ],
  angle: ['string', '=<name>', 'swiftshader (default: software), vulkan, gl, gl-egl (without a display), metal, d3d11'],
  out: ['string', '=<file.json>', 'where the results go, in any case'],
} as const;

type OptionName = keyof typeof OPTIONS;
type Values = Partial<Record<OptionName, string>>;
export type Options = ReturnType<typeof parseOptions>;

/** A whole run goes to a file of this name in results/. With --help, prints the options and ends the process. */
export function parseOptions(names: readonly OptionName[], resultName: (options: Values) => string) {
  const types = Object.fromEntries(names.map((name) => [name, { type: OPTIONS[name][0] }]));
  const { values } = parseArgs({ options: { ...types, help: { type: 'boolean' } } });
  if (values.help) {
    const lines = names.map((name) => `  ${`--${name}${OPTIONS[name][1]}`.padEnd(20)}${OPTIONS[name][2]}`);
    console.log(['options:', ...lines].join('\n'));
    process.exit();
  }
  const { quick, browser, only, sections: some, backends, python, angle = 'swiftshader', out } = values as Values;
  const isWhole = !(quick ?? only ?? some ?? backends);
  return {
    quick: Boolean(quick),
    browser: Boolean(browser),
    only: new RegExp(only ?? ''),
    sections: some?.split(',').map(sectionNamed) ?? sections,
    backends: backends?.split(','),
    python,
    /** The renderer's name in Chromium's switch --use-angle. */
    angle,
    /** The JSON file; the chart lies beside it. Undefined: nothing is written. */
    out: out ?? (isWhole ? join(root, 'bench/results', resultName({ angle, browser })) : undefined),
  };
}

function sectionNamed(name: string): Section {
  const section = sections.find((candidate) => candidate === name);
  if (!section) throw new Error(`--sections: must be of ${sections.join(', ')}; received ${name}`);
  return section;
}
