// Translates the positions of a stack trace from the bundles in .build/ back to the source files, by the bundles' maps.

import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { root } from './setup.mjs';

// file:///home/me/convnet/.build/a/a.js:12:3 in Node; http://127.0.0.1:9876/base/.build/a/a.js?4fe1:12:3 in Karma, which
// cuts the server off in most lines
const POSITION = /(?:(?:file|https?):\/\/[^\s()]*?\/|\bbase\/)(\.build\/[^\s()?:]+)(?:\?\w+)?:(\d+):(\d+)/g;

/** @type {Map<string, SourceMap | null>} */
const maps = new Map();

/** @param {string} bundle relative to the repository root */
function mapOf(bundle) {
  const file = join(root, `${bundle}.map`);
  const known = maps.get(bundle);
  if (known !== undefined) return known;
  const map = existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : null;
  maps.set(bundle, map);
  return map;
}

/** @param {string} text holding a stack trace */
export function originalLines(text) {
  return text.replace(POSITION, (position, bundle, line, column) => {
    const entry = mapOf(bundle)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return position;
    const source = relative(root, resolve(root, dirname(bundle), entry.originalSource));
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
