// The two files of docs/workers.md, as they stand there, built by Vite and run in Chromium.

import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { type Browser, chromium } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { loadKerasModel } from '../../src/keras.js';
import '../../src/index.js';
import { CHROMIUM_FLAGS } from '../support/demo/demoPage.js';
import { repository } from '../support/demo/photo.js';

const app = join(repository, '.build/workers');
const alias = ['cpu', 'keras'].map((entry) => ({
  find: `tfjs-backend-convnet/${entry}`,
  replacement: join(repository, `src/${entry}.ts`),
}));

describe('docs/workers.md', () => {
  let browser: Browser;
  let server: PreviewServer;

  before(async () => {
    await rm(app, { recursive: true, force: true });
    await mkdir(join(app, 'public'), { recursive: true });
    const text = await readFile(join(repository, 'docs/workers.md'), 'utf8');
    const files = [...text.matchAll(/```js (\S+)\n([\s\S]*?)```/g)];
    expect(files.map(([, name]) => name)).to.deep.equal(['worker.js', 'page.js']);
    for (const [, name, code] of files) await writeFile(join(app, name), code);
    await writeFile(join(app, 'index.html'), '<!doctype html><script type="module" src="./page.js"></script>');
    await copyFile(join(repository, 'examples/models/small.keras'), join(app, 'public/model.keras'));
    const options = { root: app, configFile: false, logLevel: 'warn', resolve: { alias } } as const;
    await build({ ...options, build: { target: 'es2022' }, worker: { format: 'es' } });
    server = await preview({ ...options, preview: { port: 0 } });
    browser = await chromium.launch({
      executablePath: process.env.CHROME_BIN || '/usr/bin/chromium',
      args: CHROMIUM_FLAGS,
    });
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('a page predicts in its worker what the model predicts here, and hands its memory over', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    const logged = new Promise<unknown[]>((resolve) => {
      page.on('console', async (message) => {
        if (message.type() === 'log') resolve(await Promise.all(message.args().map((arg) => arg.jsonValue())));
      });
    });
    await page.goto(server.resolvedUrls?.local[0] as string);
    const [scores, left] = (await logged) as [number[], number];
    expect(left, 'values that the page still has').to.equal(0);
    expect(problems).to.deep.equal([]);
    await page.close();

    await tf.setBackend('convnet-cpu');
    const model = await loadKerasModel(join(repository, 'examples/models/small.keras'));
    const expected = tf.tidy(() => [...(model.predict(tf.fill([1, 8, 8, 3], 0.5)) as tf.Tensor).dataSync()]);
    expect(scores).to.have.length(expected.length);
    for (const [i, score] of scores.entries()) expect(score).to.be.closeTo(expected[i], 1e-6);
    model.dispose();
  });
});
