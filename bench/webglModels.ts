// Real models on the WebGL2 engine in headless Chromium: captured beside uncaptured, and what an uncaptured prediction
// converts and leaves to TensorFlow.js's programs. `npx tsx bench/webglModels.ts [--only=<part of a name>] [--turns=15]
// [--models=<folder>] [--keras=<folder>] [--angle=swiftshader]`. `--models` has the models of `@vladmandic/human`; default:
// the package of bench/package.json. `--keras` has `.keras` files. A prediction takes an array, and a figure is the median
// of the turns: of the time until the call returns, and of the time until the results are read.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPage, servePage } from '../tools/chromiumPage.js';
import { root } from '../tools/setup.mjs';
import { installPeers } from './contestants/installPeers.js';
import type { ModelReport, ModelRequest } from './run/webglModelsPage.js';
import { models } from './tables/models.js';
import { shippedModels } from './tables/shippedModels.js';

function option(name: string): string | undefined {
  return process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const turns = Number(option('turns') ?? 15);
const keras = option('keras');
const shipped = option('models') ?? join(root, 'bench/node_modules/@vladmandic/human/models');
if (!option('models')) installPeers();

const names = (table: readonly { readonly name: string }[]) => table.map(({ name }) => name);
const fixed = shippedModels.filter(({ isDynamic }) => !isDynamic);
const requests: readonly ModelRequest[] = [
  ...names(fixed).map((name) => ({ kind: 'shipped' as const, name, turns })),
  ...names(models.filter(({ isPeer }) => !isPeer)).map((name) => ({ kind: 'own' as const, name, turns })),
  ...(keras ? readdirSync(keras).filter((file) => file.endsWith('.keras')) : []).map((name) => {
    return { kind: 'keras' as const, name, turns };
  }),
].filter(({ name }) => name.includes(option('only') ?? ''));
if (requests.length === 0) throw new Error(`--only: must be a part of a model's name; received ${option('only')}`);

const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${times} ${name}`)
    .join(', ');

function print(name: string, report: ModelReport): void {
  const { uncaptured, captured, ratios, replay, refusal, draws, toTiles, toTfjs, inherited, forcing } = report;
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  const figures =
    captured && ratios && replay
      ? `call ${ms(captured.call)}, uncaptured ${ms(uncaptured.call)} (${ratios.call.toFixed(2)}x); with reading ` +
        `${ms(captured.whole)}, ${ms(uncaptured.whole)} (${ratios.whole.toFixed(2)}x); ${replay.draws} draws, ` +
        `${(replay.bytes / 1e6).toFixed(1)} MB`
      : `call ${ms(uncaptured.call)}, with reading ${ms(uncaptured.whole)}; not captured: ${refusal}`;
  console.log(`${name.padEnd(26)} ${figures}`);
  console.log(`  uncaptured: ${draws} draws of ours, ${toTiles} conversions to tiles, ${toTfjs} back`);
  if (Object.keys(inherited).length > 0) console.log(`  programs of TensorFlow.js: ${list(inherited)}`);
  if (Object.keys(forcing).length > 0) console.log(`  those that force a conversion: ${list(forcing)}`);
}

const roots = keras ? [shipped, keras] : [shipped];
const server = await servePage({ script: 'bench/run/webglModelsPage.ts', folders: ['node_modules'], roots });
try {
  for (const request of requests) {
    const { page, close } = await openPage(server, option('angle') ?? 'swiftshader');
    try {
      print(request.name, await page.evaluate((plain) => webglModels.measure(plain), request));
    } catch (error) {
      console.log(`${request.name.padEnd(26)} ${(error as Error).message.split('\n')[0]}`);
    } finally {
      await close();
    }
  }
} finally {
  server.close();
}
