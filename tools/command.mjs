// Starts the command of an installed package as a child process, without a shell and without the wrappers of
// `node_modules/.bin` (they differ per platform). Plain Node, no dependency.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/**
 * Path of the script behind a package's command.
 * @param {string} packageName for instance `vite`
 * @param {string} command where it differs from the package's name
 */
export function binary(packageName, command = packageName) {
  const dir = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  return join(dir, typeof bin === 'string' ? bin : bin[command]);
}

/**
 * Runs a script with Node in the repository root, output passed through; resolves to its exit code.
 * @param {string} script
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env added to this process's own
 * @param {string} node which Node; default: this one
 * @returns {Promise<number>}
 */
export function runNode(script, args = [], env = {}, node = process.execPath) {
  const child = spawn(node, [script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal) console.error(`${script} was ended by ${signal}`);
      resolve(code ?? 1);
    });
  });
}
