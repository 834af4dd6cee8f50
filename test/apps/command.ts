// Runs the commands of an app in its folder, as somebody types them there.

import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const TIME_LIMIT = 900_000; // ms; on a busy machine webpack needs a third of it

/** Not those that npm gives to its scripts: they say what npm does in this repository. */
function environment(dir: string): NodeJS.ProcessEnv {
  const isOfNpm = (name: string) => /^(npm_|NODE_OPTIONS|INIT_CWD)/.test(name) && !/registry|cafile/.test(name);
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfNpm(name)));
  return {
    ...own,
    CI: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    PATH: [join(dir, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  };
}

/** Starts a command in a process group of its own, which `stop` ends. */
export function start(command: string, dir: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(command, {
    cwd: dir,
    env: { ...environment(dir), ...env },
    shell: true,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function stop({ pid }: ChildProcess) {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid);
  } catch {
    // It has ended by itself.
  }
}

/** What a command has written by now. */
export function collect({ stdout, stderr }: ChildProcess): () => string {
  const parts: string[] = [];
  for (const stream of [stdout, stderr]) stream?.on('data', (text) => parts.push(String(text)));
  return () => parts.join('');
}

export interface Ended {
  readonly output: string;
  readonly seconds: number;
}

/** Runs a command to its end. Throws with its output where it fails or takes too long. */
export async function run(command: string, dir: string, env?: NodeJS.ProcessEnv): Promise<Ended> {
  const begin = performance.now();
  const child = start(command, dir, env);
  const output = collect(child);
  const timer = setTimeout(() => stop(child), TIME_LIMIT);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearTimeout(timer);
  const seconds = (performance.now() - begin) / 1000;
  if (code !== 0) throw new Error(`${command}: ended with ${code} after ${seconds.toFixed(0)} s\n${output()}`);
  return { output: output(), seconds };
}
