// Checks one app: copies it beside the tarball, installs, builds and runs it, and compares what it predicts.

import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { root } from '../../tools/setup.mjs';
import { collect, run, start, stop } from './command.js';
import { addressOf, serveFolder, strictHeaders, visit } from './page.js';
import { faultsOf } from './predictions.js';
import { type App, defaultInstall } from './table.js';

export interface Result {
  readonly app: App;
  /** Names with versions. */
  readonly tools: readonly string[];
  /** Seconds. */
  readonly install?: number;
  readonly build?: number;
  readonly run?: number;
  /** Scripts that a page loads, in KB, compressed by gzip. */
  readonly kilobytes?: number;
  /** Why the app fails. */
  readonly fault?: string;
}

interface Ran {
  readonly output: string;
  readonly kilobytes?: number;
}

const here = join(root, 'test/apps');
const MODEL = join(root, 'examples/models/small.keras');

/** `dir` has the tarball. The result of an app that fails says why. */
export async function checkApp(app: App, dir: string, browser: () => Promise<Browser>): Promise<Result> {
  const folder = join(dir, app.name);
  copyApp(app, folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { dependencies, devDependencies = {}, packageManager = '' } = manifest;
  const versions: Record<string, string> = { ...dependencies, ...devDependencies };
  const names = app.tools ?? Object.keys(devDependencies);
  const managers = packageManager ? [packageManager.replace('@', ' ')] : [];
  let result: Result = {
    app,
    tools: [
      ...names.map((name) => `${name.replace(/-\d.*/, '')} ${versions[name].replace(/^npm:.*@/, '')}`),
      ...managers,
    ],
  };
  const inVersion = (command: string) => command.replace('VERSION', packageManager.split('@')[1]);
  try {
    const { seconds: install } = await run(inVersion(app.install ?? defaultInstall), folder);
    result = { ...result, install };
    if (app.build) result = { ...result, build: (await run(app.build, folder)).seconds };
    const begin = performance.now();
    const { output, kilobytes } = await runApp(app, folder, inVersion, browser);
    const faults = faultsOf(output, app.predictions);
    const seconds = (performance.now() - begin) / 1000;
    return { ...result, kilobytes, run: seconds, fault: faults.length > 0 ? faults.join('; ') : undefined };
  } catch (error) {
    return { ...result, fault: error instanceof Error ? error.message : String(error) };
  }
}

function copyApp({ name, moves = {} }: App, folder: string) {
  mkdirSync(folder);
  for (const from of [join(here, 'shared'), join(here, name)]) {
    for (const file of readdirSync(from)) cpSync(join(from, file), join(folder, file), { recursive: true });
  }
  const model = join(folder, moves['small.keras'] ?? 'small.keras');
  mkdirSync(dirname(model), { recursive: true });
  cpSync(MODEL, model);
}

async function runApp(
  app: App,
  folder: string,
  inVersion: (command: string) => string,
  browser: () => Promise<Browser>,
): Promise<Ran> {
  if (app.run) return run(inVersion(app.run), folder);
  if (app.serve) return runServed(app, app.serve, folder, await browser());
  return runPage(app, join(folder, app.page ?? '.'), await browser());
}

/** Twice: as any server sends it, and with threads under a strict policy. */
async function runPage({ predictions }: App, folder: string, browser: Browser): Promise<Ran> {
  const faults: string[] = [];
  let last: Ran = { output: '' };
  for (const headers of [{}, strictHeaders(folder)]) {
    const server = await serveFolder(folder, headers);
    try {
      const { console, kilobytes } = await visit(browser, addressOf(server), predictions);
      faults.push(...faultsOf(console, predictions));
      last = { output: console, kilobytes };
    } finally {
      server.close();
    }
  }
  if (faults.length > 0) throw new Error(faults.join('; '));
  return last;
}

async function runServed({ predictions }: App, command: string, folder: string, browser: Browser): Promise<Ran> {
  const port = await freePort();
  const server = start(command, folder, { PORT: String(port) });
  const written = collect(server);
  const address = `http://127.0.0.1:${port}/`;
  try {
    await untilAnswered(address);
    const { console, kilobytes } = await visit(browser, address, predictions);
    return { output: console, kilobytes };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${written()}`);
  } finally {
    stop(server);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilAnswered(address: string) {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer) return;
    await sleep(200);
  }
  throw new Error(`nothing answers at ${address}`);
}
