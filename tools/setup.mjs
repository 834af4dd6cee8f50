// What a fresh machine needs before anything else can run: a Node that is new enough, the packages of the lock file,
// and a Chromium for the browser tests. Plain Node, no dependency: it runs before `node_modules` exists.

import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A set-up problem the user can solve: shown without a stack trace. */
export class SetupError extends Error {}

/**
 * The oldest releases that load ES modules through `require` without a flag; Vite, mocha and rolldown rest on it.
 * @param {string} version as in `process.versions.node`
 */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  throw new SetupError(
    `Node 20.19, 22.12 or newer is needed; this is Node ${version}. Get one from https://nodejs.org`,
  );
}

/** Runs `npm ci` when `node_modules` is missing or older than the lock file; tests and demo need no build. */
export function installDependencies() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json'); // npm writes it at the end of each install
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing the dependencies (npm ci) ...');
  const { status, error } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { stdio: 'inherit' });
  if (status !== 0) throw new SetupError(`npm ci failed${error ? `: ${error.message}` : ''}`);
}

/**
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
export function npm(args, options) {
  const cli = process.env.npm_execpath; // set when npm started us; avoids the npm.cmd wrapper of Windows
  return cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, ...options })
    : spawnSync('npm', args, { cwd: root, shell: process.platform === 'win32', ...options });
}

/**
 * Path of another version of Node, which npm fetches into its cache.
 * @param {string} version exact, as in `24.21.0`
 */
export function otherNode(version) {
  const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'];
  const { status, stdout, stderr } = npm(args, { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`npm could not fetch Node ${version}: ${stderr}`);
  return String(stdout).trim();
}

const NO_CHROMIUM = `The browser tests need Chromium or Chrome, and none was found.
  Debian, Ubuntu:  sudo apt-get install chromium
  Fedora:          sudo dnf install chromium
  macOS:           brew install --cask google-chrome
  Windows:         winget install Google.Chrome
Or set CHROME_BIN to the program's path. The tests that need no browser: npm test -- --only=node,conformance-node`;

/** Path of a Chromium or Chrome; as root on Debian and its kin installs the package `chromium` if there is none. */
export function findChromium() {
  const chosen = process.env.CHROME_BIN;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new SetupError(`CHROME_BIN is not a program; received CHROME_BIN=${chosen}`);
  }
  const found = chromiumPaths().find(isExecutable) ?? (installChromium() ? chromiumPaths().find(isExecutable) : null);
  if (!found) throw new SetupError(NO_CHROMIUM);
  return found;
}

function chromiumPaths() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((dir) => names.map((name) => join(dir, name)));
  if (process.platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium'].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);
    return [...onPath, ...apps, ...apps.map((app) => join(process.env.HOME ?? '', app))];
  }
  if (process.platform === 'win32') {
    const dirs = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
    return ['Google/Chrome', 'Chromium'].flatMap((app) =>
      dirs.flatMap((dir) => (dir ? [join(dir, app, 'Application', 'chrome.exe')] : [])),
    );
  }
  return onPath;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function installChromium() {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return false;
  console.log('No Chromium found: installing the package chromium with apt-get ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium'];
    execFileSync('apt-get', install, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    return true;
  } catch (error) {
    console.error(`apt-get failed: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/**
 * Runs a command-line program's main function; set-up problems are shown as plain text.
 * @param {() => void | Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
