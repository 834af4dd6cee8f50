// The packages of bench/package.json: they are large and only compared with, so the project's own install goes without
// them and the benchmark fetches them when it first runs. It also runs without them.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from '../../tools/setup.mjs';
import { type LayerPeers, type Ort, ortPeer } from './onnxRuntime.js';

/** ONNX Runtime, native and as WebAssembly, where it is wanted. Says in one line what cannot be had. */
export async function loadPeers(wanted: readonly string[]) {
  let layerPeers: LayerPeers = {};
  const versions: Record<string, string> = {};
  const names = (['ort-web', 'ort-node'] as const).filter((name) => wanted.includes(name));
  for (const name of names.length > 0 && installPeers() ? names : []) {
    const packageName = name.replace('ort', 'onnxruntime');
    const ort = await load<Ort>(packageName);
    if (!ort) continue;
    layerPeers = { ...layerPeers, ...ortPeer(name, ort) };
    versions[packageName] = ort.env.versions.common;
  }
  return { layerPeers, versions };
}

/** Runs `npm ci` in bench/ when its `node_modules` is missing or older than the lock file; no install script is run. */
export function installPeers(): boolean {
  const bench = join(root, 'bench');
  const lock = join(bench, 'package-lock.json');
  const installed = join(bench, 'node_modules', '.package-lock.json'); // npm writes it at the end of each install
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true;
  console.log('Installing what the benchmark compares with (npm ci in bench/) ...');
  const { status } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: bench, stdio: 'pipe' });
  if (status !== 0) console.log('The packages of bench/package.json cannot be installed: no ONNX Runtime.');
  return status === 0;
}

/** By a name that the compiler does not see: it must be content without the package. */
async function load<Module>(packageName: string): Promise<Module | undefined> {
  return import(packageName).catch((error: Error) => {
    console.log(`Without ${packageName}: ${error.message.split('\n')[0]}`);
  });
}
