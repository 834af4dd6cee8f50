// Runs the command as a process of its own. It is built from src/ like the package.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { fixtureFile } from './keras/fixtureFiles.js';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
export const photo = join(repository, 'examples/photo/chelsea.png');
const dependencies = ['cli-progress', 'commander', 'fast-png', 'fflate', 'jpeg-js', '@jsquash/jpeg'];
// A folder for each version of Node: .ci/run tests two at the same time.
const folder = join(repository, '.build/cli', process.version);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in a folder, its own by default. */
export async function convnet(args: readonly string[], program?: string): Promise<Ended> {
  const script = program ?? (await commandFile());
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { cwd: repository }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

let built: Promise<string> | undefined;

/** Builds the command, once for all tests, and gives its file. */
export function commandFile(): Promise<string> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<string> {
  await build({
    cwd: repository,
    input: { 'cli/convnet': 'src/cli/convnet.ts' },
    platform: 'neutral',
    external: [/^@tensorflow\//, /^node:/, ...dependencies],
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    logLevel: 'warn',
    output: { dir: folder, cleanDir: true, format: 'esm', chunkFileNames: 'chunks/[name]-[hash].js' },
  });
  return join(folder, 'cli/convnet.js');
}

/** Installs the command in a folder with its own dependencies and these parts of TensorFlow.js alone. */
export async function convnetAlone(where: string, parts: readonly string[] = []): Promise<string> {
  await commandFile();
  const modules = join(where, 'node_modules');
  for (const name of [...dependencies, ...parts.map((part) => `@tensorflow/tfjs-${part}`)]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(repository, 'node_modules', name), join(modules, name), 'junction');
  }
  await writeFile(join(where, 'package.json'), '{ "type": "module" }');
  await cp(folder, join(where, 'dist'), { recursive: true });
  return join(where, 'dist/cli/convnet.js');
}

/** Makes a temporary folder for the tests of a suite. `path` gives the path of a name in it. */
export function useFolder(): { path(name: string): string; fixture(version: string, name: string): Promise<string> } {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'convnet-'));
  });
  after(() => rm(root, { recursive: true }));
  const path = (name: string) => join(root, name);
  return {
    path,
    /** Writes a model file of the fixtures into the folder. */
    async fixture(version, name) {
      const file = path(join(version, name));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, await fixtureFile(version, name));
      return file;
    },
  };
}
