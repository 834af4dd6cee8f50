// What the package has beside dist/, written before it is packed and taken away afterwards (prepack and postpack):
//   - a folder for each entry, for resolvers that do not read `exports` (Jest 27, Metro, TypeScript's `node10`);
//   - THIRD_PARTY_NOTICES.txt: the licences of what the script-tag bundles hold.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { entries } from '../rolldown.config.js';
import { root, SetupError } from './setup.mjs';

const NOTICES = 'THIRD_PARTY_NOTICES.txt';

const folders = Object.keys(entries).filter((name) => name !== 'index');

/** Packages of others within dist/*.min.js; TensorFlow.js is the page's own. */
const bundled = ['fflate'];

export function writePackFiles() {
  for (const name of folders) {
    const target = (/** @type {string} */ file) => `../dist/${file}`;
    const stub = {
      main: target(`cjs/${name}.js`),
      module: target(`esm/${name}.js`),
      types: target(`cjs/${name}.d.ts`),
      sideEffects: [target(`esm/${name}.js`), target(`cjs/${name}.js`)],
    };
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, 'package.json'), `${JSON.stringify(stub, null, 2)}\n`);
  }
  writeFileSync(join(root, NOTICES), bundled.map(noticeOf).join('\n'));
}

/** Takes away what writePackFiles() has written, and nothing else. */
export function removePackFiles() {
  for (const name of folders) {
    const path = join(root, name);
    if (!existsSync(path)) continue;
    const others = readdirSync(path).filter((file) => file !== 'package.json');
    if (others.length > 0) throw new SetupError(`pack: ${name}/ has files that are not generated: ${others.join()}`);
    rmSync(path, { recursive: true });
  }
  rmSync(join(root, NOTICES), { force: true });
}

/** @param {string} name */
function noticeOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new SetupError(`pack: ${name} has no licence file`);
  return `${name} ${version} (${license}), within dist/convnet-all.min.js\n\n${readFileSync(join(folder, file), 'utf8')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--remove')) removePackFiles();
  else writePackFiles();
}
