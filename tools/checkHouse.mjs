// Part of `npm run lint`: counts what no linter knows of this project's plan (docs/architecture.md).
//   - No source file is longer than 350 lines.
//   - Words that the glossary has replaced do not come back.
//   - Prose of documents has at most 120 columns; tables and code may have more.
//   - No comment begins with "Of": a sentence begins with its subject or its verb.
//   node tools/checkHouse.mjs

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './setup.mjs';

const MOST_LINES = 350;
const SOURCE = /\.(ts|mjs|js)$/;
const TEXT = /\.(ts|mjs|js|py|html|css|md)$/;
/** This file and the glossary spell the words; fixtures hold what other programs wrote. */
const LEFT_OUT =
  /^(test\/fixtures\/|bench\/results\/|docs\/(compatibility\.|architecture\.md$)|tools\/checkHouse\.mjs$)/;

/**
 * @typedef {object} Word
 * @property {RegExp} word
 * @property {string} say what takes its place
 * @property {RegExp} [within] only in these files; default: all
 */

/** @type {readonly Word[]} */
const WORDS = [
  {
    word: /(?<!local|\/\/)\bhosts?(?!name|\s*:)\b|\b[a-z]+Hosts?\b|\bhost[A-Z]\w*/,
    say: 'TensorFlow.js, tfjs, the official backend',
  },
  { word: /\b[Ss]tock(?!holm)\b|\bstock[A-Z]\w*/, say: 'official' },
  { word: /neighbours\/|\b\w*[Nn]eighbourKernels?\b|\b[a-z]+Neighbours\b/, say: 'ops' },
  {
    word: /layers\/objects\b/,
    say: "Keras's folder names",
  },
  { word: /\bturned\b(?! (on|off)\b)/i, say: 'transposed, rotated by 180 degrees, reversed, or NHWC from NCHW' },
  {
    word: /\bBlock(s|Store|Layout|Shape|Program|Caps|Texture)\b|\bblock(s?Of|Rows|Store|Kernel|Shapes|Caps)\b/,
    say: 'tile',
    within: /^(src|test)\/.*webgl|glsl/,
  },
  { word: /\b[Vv]erify(:|\/|-)applications\b|\bverify\//, say: 'compatibility' },
];
const DOCUMENT = /^([A-Z]+|docs\/.*|kernels\/.*|bench\/README)\.md$/;
const FILE_NAMES = /^(ends|places|sides|frames|joins|gathers|objects|neighbours|host\w*|block\w*)\.ts$/;
const MOST_COLUMNS = 120;
const BEGINS_WITH_OF = /^\s*(\/\/|\/?\*\*?) Of\b/;

/** @type {string[]} */
const faults = [];
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => TEXT.test(file) && !LEFT_OUT.test(file) && existsSync(join(root, file)));
for (const file of files) checkFile(file);
if (faults.length > 0) {
  console.error(`${faults.join('\n')}\n${faults.length} faults in the house; the glossary is in docs/architecture.md`);
  process.exitCode = 1;
}

/** @param {string} file */
function checkFile(file) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  if (SOURCE.test(file) && lines.length - 1 > MOST_LINES)
    faults.push(`${file}: ${lines.length - 1} lines, ${MOST_LINES} at most`);
  if (DOCUMENT.test(file)) checkColumns(file, lines);
  if (FILE_NAMES.test(basename(file))) faults.push(`${file}: the name says no operation`);
  lines.forEach((line, i) => {
    for (const { word, say, within } of WORDS) {
      const found = (!within || within.test(file)) && word.exec(line);
      if (found) faults.push(`${file}:${i + 1}: "${found[0]}"; say ${say}`);
    }
    if (SOURCE.test(file) && BEGINS_WITH_OF.test(line)) faults.push(`${file}:${i + 1}: a comment begins with "Of"`);
  });
}

/** @param {string} file @param {readonly string[]} lines */
function checkColumns(file, lines) {
  let isCode = false;
  lines.forEach((line, i) => {
    if (/^\s*```/.test(line)) isCode = !isCode;
    if (!isCode && !/^\s*\|/.test(line) && line.length > MOST_COLUMNS) {
      faults.push(`${file}:${i + 1}: ${line.length} columns, ${MOST_COLUMNS} at most`);
    }
  });
}
