// The packages of bench/package.json: they are large and only compared with, so the project's own install goes without them
// and the benchmark fetches them when it first runs. Everything here copes with their absence.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from '../tools/setup.mjs';
import type { ChartLibrary } from './chart.js';
import type { LayerPeers } from './compare.js';
import { onnxModel, type Protobuf } from './onnx.js';
import { type Ort, type OrtName, ortPeer } from './ort.js';
import type { Problem } from './problem.js';

const bench = join(root, 'bench');

export interface Foreign {
  /** ONNX Runtime, native and as WebAssembly. */
  readonly layerPeers: LayerPeers;
  /** Names of the packages and their versions. */
  readonly versions: Readonly<Record<string, string>>;
  readonly chartLibrary?: ChartLibrary;
  /** Absent without protobufjs. */
  onnxOf?(problem: Problem): Promise<Uint8Array>;
}

/** Says in one line what cannot be had. */
export async function loadForeign(peers: readonly string[]): Promise<Foreign> {
  if (!installForeign()) return { layerPeers: {}, versions: {} };
  const protobuf = await load<{ default: Protobuf }>('protobufjs');
  const chartLibrary = await load<ChartLibrary>('echarts');
  if (!protobuf) return { layerPeers: {}, versions: {}, chartLibrary };
  const onnxOf = async (problem: Problem) => onnxModel(protobuf.default, problem);
  let layerPeers: LayerPeers = {};
  let versions = {};
  for (const name of ['ort-web', 'ort-node'] satisfies OrtName[]) {
    if (!peers.includes(name)) continue;
    const packageName = name.replace('ort', 'onnxruntime');
    const ort = await load<Ort>(packageName);
    if (!ort) continue;
    layerPeers = { ...layerPeers, ...ortPeer(name, ort, onnxOf) };
    versions = { ...versions, [packageName]: ort.env.versions.common };
  }
  return { layerPeers, versions, chartLibrary, onnxOf };
}

/** Runs `npm ci` in bench/ when its `node_modules` is missing or older than the lock file; no install script is run. */
function installForeign(): boolean {
  const lock = join(bench, 'package-lock.json');
  const installed = join(bench, 'node_modules', '.package-lock.json'); // npm writes it at the end of each install
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true;
  console.log('Installing what the benchmark compares with (npm ci in bench/) ...');
  const { status } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: bench, stdio: 'pipe' });
  if (status === 0) return true;
  console.log('The packages of bench/package.json cannot be installed: no ONNX Runtime, no chart.');
  return false;
}

/** By a name that the compiler does not see: it must be content without the package. */
async function load<Module>(packageName: string): Promise<Module | undefined> {
  try {
    return (await import(packageName)) as Module;
  } catch (error) {
    console.log(`Without ${packageName}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    return undefined;
  }
}
