// The table of `npm run check:apps`, for the terminal and for docs/installing.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tools/setup.mjs';
import type { Result } from './check.js';

const document = join(root, 'docs/installing.md');
const section = /(<!-- apps -->\n)[\s\S]*(\n<!-- \/apps -->)/;

export function rowOf({ app, tools, install, build, run, kilobytes, fault }: Result): string {
  const seconds = (value?: number) => (value === undefined ? '' : value.toFixed(1));
  const cells = [app.title, tools.join(', '), seconds(install), seconds(build), seconds(run), kilobytes ?? ''];
  return `| ${[...cells, fault === undefined ? 'right' : 'fails'].join(' | ')} |`;
}

export function tableOf(results: readonly Result[]): string {
  const lines = results.map(rowOf);
  const titles = ['app', 'versions', 'install s', 'build s', 'run s', 'scripts KB', 'prediction'];
  return [`| ${titles.join(' | ')} |`, '| --- | --- | --: | --: | --: | --: | --- |', ...lines].join('\n');
}

/** Puts the table into the document, with date and machine. */
export function writeTable(results: readonly Result[], chromium: string) {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  const date = new Date().toISOString().slice(0, 10);
  const load = loadavg()[1].toFixed(0);
  const machine = `${date}, ${processor} (${cpus().length} cores, load ${load}), Node ${process.versions.node}, Chromium ${chromium}.`;
  const text = `${machine}\n\n${tableOf(results)}`;
  writeFileSync(document, readFileSync(document, 'utf8').replace(section, `$1${text}$2`));
}
