// npm run site: builds the web site into .build/site. Guides and documents by VitePress, the reference by TypeDoc, the
// demo by Vite.
//   npm run site -- --base=/convnet/   for a server that has it in a folder

import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, installDependencies, npm, root, runMain, SetupError } from '../tools/setup.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(root, '.build/site');

await runMain(async () => {
  checkNode();
  installDependencies();
  installGenerators();
  const base = baseFrom(process.argv.slice(2));
  const { writePages } = await import('./writePages.mjs');
  step('pages', () => writePages(join(here, '.pages')));
  step('VitePress', () => run(join(here, 'node_modules/vitepress/bin/vitepress.js'), ['build', '.'], base));
  step('demo', () => run(join(root, 'node_modules/vite/bin/vite.js'), demoArguments(), base));
  step('TypeDoc', () => run(join(here, 'node_modules/typedoc/bin/typedoc'), ['--logLevel', 'Warn'], base));
  console.log(`The site is in ${out}. npm run site:check looks at it.`);
});

/** @param {readonly string[]} args */
function baseFrom(args) {
  const base = args.find((arg) => arg.startsWith('--base='))?.slice('--base='.length) ?? '/';
  if (!/^\/(.*\/)?$/.test(base)) throw new SetupError(`npm run site: --base begins and ends with /; received ${base}`);
  return base;
}

function demoArguments() {
  return ['build', join(root, 'examples/demo'), '--outDir', join(out, 'demo'), '--logLevel', 'warn'];
}

/** The generators have a lock file of their own: nobody but this command needs them. */
function installGenerators() {
  const lock = join(here, 'package-lock.json');
  const installed = join(here, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing the generators (npm ci in site) ...');
  const { status } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
  if (status !== 0) throw new SetupError('npm ci failed in site');
}

/** @param {string} name @param {() => void} work */
function step(name, work) {
  const start = performance.now();
  work();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

/** @param {string} program @param {readonly string[]} args @param {string} base */
function run(program, args, base) {
  const env = { ...process.env, SITE_BASE: base };
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: here, env, stdio: 'inherit' });
  if (status !== 0) throw new SetupError(`${program} failed`);
}
