// The arguments of the WebGL benchmark.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';

export interface WebglOptions {
  readonly quick: boolean;
  /** Which titles run: `<layer> <pass>`, `model <name>`, `first <model>`. */
  readonly only: RegExp;
  /** ANGLE's back end in Chromium: swiftshader (software), or vulkan, gl, gl-egl, metal, d3d11 for a GPU. */
  readonly angle: string;
  /** Of the JSON file; the chart lies beside it. Nothing is written where only a part runs, unless a file is named. */
  readonly out?: string;
}

const USAGE = `options:
  --quick             few rounds, few and small layers, two models; results are not written
  --only=<regex>      what runs, of the titles "<layer> <pass>" (forward, gradInput, gradFilter), "model <name>" and
                      "first <model>"; results are not written
  --angle=<name>      swiftshader (default: software), vulkan, gl, gl-egl (without a display), metal, d3d11
  --out=<file.json>   where the results go, in any case`;

/** Undefined if help was asked for. */
export function parseWebglOptions(): WebglOptions | undefined {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      angle: { type: 'string', default: 'swiftshader' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { quick, only, angle } = values;
  const isWhole = !quick && only === undefined;
  return {
    quick,
    only: new RegExp(only ?? ''),
    angle,
    out: values.out ?? (isWhole ? join(root, 'bench/results', `webgl-${angle}.json`) : undefined),
  };
}
