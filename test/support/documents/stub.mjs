#!/usr/bin/env node
// Stands for npm, npx, chromium and GNU parallel while the commands of documents run: `convnet` and the project's own
// scripts run for real; installing is checked against package.json. commands.node.test.ts copies it under these names.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const { CONVNET_COMMAND: command = '', CONVNET_REPOSITORY: repository = '' } = process.env;
const { name, devDependencies, scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

/**
 * Runs a program with this process's input and output, and ends with its exit code.
 * @param {string} program @param {string[]} args @param {import('node:child_process').SpawnSyncOptions} options
 */
function become(program, args, options = {}) {
  const { status } = spawnSync(program, args, { stdio: 'inherit', ...options });
  process.exit(status ?? 1);
}

/** Ends with a message where a condition does not hold. @param {boolean} holds @param {string} message */
function check(holds, message) {
  if (holds) return;
  console.error(message);
  process.exit(1);
}

/** A package that people can install: this one, or one that its tests run with. @param {string} wanted */
function checkPackage(wanted) {
  check(wanted === name || wanted in devDependencies, `no package of this project; received ${wanted}`);
}

/** @type {Readonly<Record<string, (args: string[]) => void>>} */
const programs = {
  npm([action, ...args]) {
    if (action === 'init') return check(args.join(' ') === '-y', `npm init; received ${args}`);
    if (action === 'install') return args.forEach(checkPackage);
    check(action === 'run' && args[0] in scripts, `npm: unknown; received ${action} ${args}`);
    const [script, , ...rest] = args;
    const [program, ...before] = scripts[script].split(' ');
    become(program, [...before, ...rest], { cwd: repository, stdio: 'ignore' });
  },
  npx(args) {
    while (args[0] === '-p') checkPackage(args.splice(0, 2)[1]);
    const [program, ...rest] = args;
    if (program === 'convnet') become(process.execPath, [command, ...rest]);
    checkPackage(program);
  },
  chromium(flags) {
    const known = readFileSync(join(repository, 'karma.conf.js'), 'utf8').replace(/\$\{.*?\}/g, 'swiftshader');
    for (const flag of flags) check(known.includes(flag), `chromium: a flag of karma.conf.js; received ${flag}`);
  },
  // One job with all of the input, whatever the size of the parts that are asked for.
  parallel(args) {
    const start = args.indexOf('npx');
    check(args.slice(0, start).join(' ') === '--pipe -N 500 -k', `parallel: options; received ${args}`);
    programs.npx(args.slice(start + 1));
  },
};

programs[basename(process.argv[1])](process.argv.slice(2));
