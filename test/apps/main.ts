// npm run check:apps: installs the package from its tarball into small apps of every kind, builds and runs them, and
// compares what they predict with Keras. It fetches the tools that the apps are made with, so it is no part of `npm test`.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../tools/chromiumPage.js';
import { pack } from '../../tools/pack.mjs';
import { runMain, SetupError } from '../../tools/setup.mjs';
import { checkApp, type Result } from './check.js';
import { rowOf, tableOf, writeTable } from './report.js';
import { type App, apps } from './table.js';

const USAGE = `npm run check:apps -- [options]
Installs the package from its tarball into small apps, builds and runs them, and compares what they predict with Keras.

options:
  --only=<name,name>  these apps: ${apps.map(({ name }) => name).join(' ')}
  --keep              leaves the apps in their temporary folder and says where
  --update            writes the table into docs/installing.md`;

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const chosen = values.only === undefined ? apps : values.only.split(',').map(named);
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'convnet-apps-')));
  let browser: Promise<Browser> | undefined;
  const openBrowser = () => {
    browser ??= launchChromium('swiftshader');
    return browser;
  };
  try {
    pack(dir, 'tfjs-backend-convnet.tgz');
    const results: Result[] = [];
    for (const app of chosen) {
      const result = await checkApp(app, dir, openBrowser);
      console.log(rowOf(result));
      if (result.fault !== undefined) console.log(result.fault);
      results.push(result);
    }
    console.log(`\n${tableOf(results)}`);
    if (values.update) writeTable(results, (await openBrowser()).version());
    const failed = results.filter(({ fault }) => fault !== undefined).map(({ app }) => app.name);
    if (failed.length > 0) throw new SetupError(`check:apps: ${failed.join(', ')} failed`);
  } finally {
    await (await browser)?.close();
    if (values.keep) console.log(dir);
    else rmSync(dir, { recursive: true, force: true });
  }
});

function named(name: string): App {
  const found = apps.find((app) => app.name === name);
  if (!found) throw new SetupError(`check:apps: there is no app ${name}; there are ${apps.map((app) => app.name)}`);
  return found;
}
