// What a device does at most, as bench/webgl-micro has measured it: that benchmark writes the file which is read here.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/setup.mjs';

/** Both a second, over the whole device. */
export interface Limits {
  readonly fetchesPerSecond: number;
  readonly macsPerSecond: number;
}

const FILE = join(root, 'bench/results/webgl-micro.json');

interface MicroResults {
  readonly limits?: Partial<Limits>;
  readonly device?: { readonly renderer?: string };
}

/** Nothing where the file is missing, has no `limits`, or names another renderer. */
export function limits(renderer: string): Limits | undefined {
  const { limits: found, device } = microResults();
  const isOfDevice = device?.renderer === undefined || device.renderer === renderer;
  if (!found?.fetchesPerSecond || !found.macsPerSecond || !isOfDevice) return undefined;
  return { fetchesPerSecond: found.fetchesPerSecond, macsPerSecond: found.macsPerSecond };
}

function microResults(): MicroResults {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
}
