// What the package has beside dist/, written before it is packed and taken away afterwards (prepack and postpack):
//   - a folder for each entry, for resolvers that do not read `exports` (Jest 27, Metro, TypeScript's `node10`);
//   - THIRD_PARTY_NOTICES.txt: the licences of what the script-tag bundles hold;
//   - README.md with links that a registry's page can follow (packReadme.mjs). The original waits in .build until then.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { entries } from '../rolldown.config.js';
import { packReadme } from './packReadme.mjs';
import { npm, root, SetupError } from './setup.mjs';

const README = join(root, 'README.md');
const ORIGINAL = join(root, '.build/README.md');
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
  writeReadme();
}

function writeReadme() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(join(root, '.build'), { recursive: true });
  if (!existsSync(ORIGINAL)) renameSync(README, ORIGINAL); // it waits there already after a packing that was interrupted
  writeFileSync(README, packReadme(readFileSync(ORIGINAL, 'utf8'), manifest));
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
  if (existsSync(ORIGINAL)) renameSync(ORIGINAL, README);
}

const MOST_FILES = 200;
const MOST_BYTES = 6_400_000;

/**
 * Packs the package as `npm publish` does. Throws where it is too large.
 * @param {string} dir @param {string} file what the tarball is to be called there @returns {string} that name
 */
export function pack(dir, file) {
  if (!existsSync(join(root, 'dist'))) throw new SetupError('pack: run npm run build first');
  writePackFiles();
  const args = ['pack', '--ignore-scripts', '--json', '--loglevel', 'error', '--pack-destination', dir];
  const { status, stdout } = npm(args, { stdio: ['ignore', 'pipe', 'inherit'] });
  removePackFiles();
  if (status !== 0) throw new SetupError('pack: npm pack failed');
  const [{ entryCount, filename, unpackedSize }] = JSON.parse(String(stdout));
  console.log(`--- ${entryCount} files, ${(unpackedSize / 1e6).toFixed(2)} MB unpacked`);
  if (entryCount > MOST_FILES || unpackedSize > MOST_BYTES) {
    throw new SetupError(`pack: the package may have ${MOST_FILES} files and ${MOST_BYTES} bytes`);
  }
  renameSync(join(dir, filename), join(dir, file));
  return file;
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
