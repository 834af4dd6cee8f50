// The page that opens Keras files, in real Chromium. Its numbers are compared with those of the same library in this
// process.

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { readPicture } from '../../src/pictures/pictureFiles.js';
import { predictValues } from '../../src/pictures/predictValues.js';
import '../../src/index.js';
import { loadKerasModel } from '../../src/keras.js';
import { pictureToTensor } from '../../src/vision.js';
import { DESKTOP, demoPage, PHONE } from '../support/demo/demoPage.js';
import { digitLabels, heldBackDigits, pngOfPicture } from '../support/demo/digits.js';
import { repository } from '../support/demo/photo.js';
import { fixtureFile } from '../support/keras/fixtureFiles.js';

const version = '3.15.1';

describe('demo of Keras files', () => {
  const { open, text, requests } = demoPage();
  let page: Page;

  beforeEach(() => openPage());

  afterEach(() => {
    const uploads = requests().filter(({ method }) => method !== 'GET');
    expect(uploads, 'uploads').to.deep.equal([]);
  });

  async function openPage(viewport = DESKTOP): Promise<void> {
    page = await open({ path: 'keras.html', ready: 'body[data-ready]', viewport });
  }

  async function choose(name: string, bytes?: Uint8Array): Promise<void> {
    const buffer = Buffer.from(bytes ?? (await fixtureFile(version, name)));
    await page.setInputFiles('#model-file', { name, mimeType: 'application/octet-stream', buffer });
  }

  async function drop(name: string, bytes: Uint8Array): Promise<void> {
    const data = await page.evaluateHandle(
      ({ name, content }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(content)], name));
        return transfer;
      },
      { name, content: [...bytes] },
    );
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
  }

  async function run(): Promise<void> {
    await page.click('#run');
    await page.waitForFunction(() => document.querySelector('#result-text')?.textContent !== '');
    await page.waitForSelector('#run:enabled');
  }

  it('shows what a dropped file holds, and runs it with the numbers of Node', async () => {
    const bytes = await fixtureFile(version, 'sequential.keras');
    await drop('sequential.keras', bytes);
    await page.waitForSelector('#run:enabled');
    expect(await text('#file-name')).to.equal('sequential.keras');
    expect(await text('#summary'))
      .to.include('Keras3.15.1')
      .and.to.include('parameters475');
    expect(await page.locator('#layers tbody tr').count()).to.be.at.least(6);
    expect(await page.locator('#layers td.no').count()).to.equal(0);
    expect(await text('#weights-title')).to.equal('10 weights with their paths');
    expect(await text('#weights')).to.include('layers/conv2d/vars/0');

    await run();
    expect(await text('#result-text')).to.match(
      /^First prediction [\d. ]+ ms, then [\d. ]+ ms on convnet, input 8 × 8$/,
    );
    const shown = await page.$$eval('.classes li', (items) =>
      items.map((item) => [item.children[0].textContent, item.children[2].textContent]),
    );

    await tf.setBackend('convnet-cpu');
    const model = await loadKerasModel(bytes);
    const picture = await readPicture(`${repository}examples/photo/chelsea.png`);
    const x = await pictureToTensor(picture, { model });
    const [{ values }] = await predictValues(model, [x]);
    x.dispose();
    model.dispose();
    expect(shown).to.have.length(5);
    for (const [name, score] of shown) {
      expect(Number(score)).to.be.closeTo(values[Number(name?.replace('class ', ''))], 2e-5);
    }
  });

  it('says which digit it sees in pictures that its training has not seen', async () => {
    const [heldBack, labels] = await Promise.all([heldBackDigits(), digitLabels()]);
    const names = labels.trim().split('\n');
    await page.click('#sample-keras');
    await page.waitForSelector('#run:enabled');
    expect(await text('#about-model')).to.include('8 000 handwritten digits');
    for (const { picture, digit, probability } of heldBack.slice(0, 10)) {
      const file = { name: `${digit}.png`, mimeType: 'image/png', buffer: pngOfPicture(picture) };
      await page.setInputFiles('#picture-file', file);
      const caption = `${digit}.png, 28 × 28`;
      await page.waitForFunction((line) => document.querySelector('#picture-text')?.textContent === line, caption);
      await run();
      const [, name, percent] = /^It sees: (\w+), ([\d.]+) %$/.exec(await text('#answer')) ?? [];
      expect(name).to.equal(names[digit]);
      expect(Number(percent)).to.be.closeTo(100 * probability, 0.06);
    }
    await page.click('#sample-picture');
    await page.waitForFunction(() => document.querySelector('#picture-text')?.textContent?.startsWith('Sample'));
    await run();
    expect(await text('#answer')).to.match(/^It sees: \w+, [\d.]+ %$/);
  });

  it('keeps the picture that was chosen last, though an earlier one comes later', async () => {
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/held-back*.png', async (route) => {
      isAsked();
      await answered;
      await route.continue();
    });
    await page.click('#sample-keras');
    await asked;
    const [{ picture }] = await heldBackDigits();
    const file = { name: 'own.png', mimeType: 'image/png', buffer: pngOfPicture(picture) };
    await page.setInputFiles('#picture-file', file);
    const caption = 'own.png, 28 × 28';
    await page.waitForFunction((line) => document.querySelector('#picture-text')?.textContent === line, caption);
    await run();
    const said = await text('#answer');
    const came = page.waitForResponse('**/held-back*.png');
    answer();
    await (await came).finished();
    await page.waitForTimeout(200);
    expect(await text('#picture-text')).to.equal(caption);
    expect(await text('#answer')).to.equal(said);
  });

  it('shows nothing beside a picture that came while the model ran on another', async () => {
    await page.click('#sample-keras');
    await page.waitForFunction(() => document.querySelector('#picture-text')?.textContent?.startsWith('Sample'));
    await page.waitForSelector('#run:enabled');
    const [{ picture }] = await heldBackDigits();
    await page.evaluate(
      (content) => {
        document.querySelector<HTMLButtonElement>('#run')?.click();
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(content)], 'own.png', { type: 'image/png' }));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
      },
      [...pngOfPicture(picture)],
    );
    await page.waitForFunction(() => document.querySelector('#picture-text')?.textContent === 'own.png, 28 × 28');
    await page.waitForSelector('#run:enabled');
    expect(await text('#result-text')).to.equal('');
    expect(await text('#status')).to.equal('');
    await run();
    expect(await text('#answer')).to.match(/^It sees: zero, /);
  });

  it('says what a visitor draws', async () => {
    await page.click('#sample-keras');
    await page.waitForSelector('#run:enabled');
    await page.waitForFunction(() => document.querySelector('#picture-text')?.textContent?.startsWith('Sample'));
    await page.click('#draw');
    const box = await page.locator('#picture').boundingBox();
    if (!box) throw new Error('the canvas must be shown');
    const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(0.28, 0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.7, 0.25), { steps: 8 });
    await page.mouse.move(...at(0.45, 0.8), { steps: 8 });
    await page.mouse.up();
    await page.waitForSelector('#answer:not([hidden])');
    expect(await text('#answer')).to.match(/^It sees: seven, /);
    await page.waitForSelector('#draw:enabled');
    await page.click('#draw');
    expect(await page.isHidden('#answer'), 'an empty sheet has no answer').to.equal(true);
  });

  it('keeps the place of the keyboard while it works, and after a notice', async () => {
    const place = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
    await page.focus('#sample-keras');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#picture-text')?.textContent?.startsWith('Sample'));
    expect(await place()).to.equal('sample-keras');
    await page.focus('#run');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#answer:not([hidden])');
    await page.waitForSelector('#run:enabled');
    expect(await place()).to.equal('run');
    await choose('notes.keras', Buffer.from('hello'));
    await page.waitForSelector('#notice:not([hidden])');
    await page.focus('#notice button');
    await page.keyboard.press('Enter');
    expect(await page.isHidden('#notice')).to.equal(true);
    expect(await place()).to.equal('MAIN');
  });

  it('gives the same on every backend', async () => {
    await page.click('#sample-keras');
    await page.waitForSelector('#run:enabled');
    for (const backend of ['convnet', 'convnet-cpu', 'wasm', 'cpu', 'convnet-webgl']) {
      await page.check(`input[value="${backend}"]`);
      await page.waitForFunction((name) => document.querySelector('#run')?.textContent === `Run on ${name}`, backend);
      await page.waitForSelector('#run:enabled');
      await page.click('#run');
      await page.waitForFunction(
        (name) => document.querySelector('#result-text')?.textContent?.includes(` on ${name},`),
        backend,
      );
      await page.waitForSelector('#run:enabled');
      const row = await text(`.backend:has(input[value="${backend}"])`);
      if (backend !== 'convnet') expect(row).to.match(/same numbers as convnet|within \de-([5-9]|\d\d) of convnet/);
    }
  });

  it('shows an output that is a picture', async () => {
    await page.click('#sample-upscaler');
    await page.waitForSelector('#run:enabled');
    expect(await page.inputValue('#scale')).to.equal('none');
    await page.fill('#height', '24');
    await page.fill('#width', '36');
    await run();
    const size = await page.$eval('#result-body canvas', (canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      return [width, height];
    });
    expect(size).to.deep.equal([72, 48]);
    await page.fill('#height', '0');
    await page.click('#run');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await text('#notice p')).to.match(/^Enter whole numbers from 1 to 4096\. Height and width are 0 × 36\.$/);
  });

  it('saves in three formats, each of which opens again', async () => {
    await page.click('#sample-keras');
    await page.waitForSelector('#run:enabled');
    await tf.setBackend('convnet-cpu');
    for (const [format, name] of [
      ['keras', 'digits.keras'],
      ['h5', 'digits.h5'],
      ['tfjs', 'digits.zip'],
    ]) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#save-${format}`)]);
      expect(download.suggestedFilename()).to.equal(name);
      await page.waitForSelector(`#save-${format}:enabled`);
      const bytes = await bytesOf(await download.createReadStream());
      const source =
        format === 'tfjs' ? Object.entries(unzipSync(bytes)).map(([name, bytes]) => ({ name, bytes })) : bytes;
      const model = await loadKerasModel(source);
      expect(model.countParams()).to.equal(14562);
      model.dispose();
    }
  });

  it('says why a file cannot be loaded, and still shows what is in it', async () => {
    await choose('unknown_layers.h5');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await text('#notice p'))
      .to.include("unknown layer class 'FirstUnknown'")
      .and.to.include('SecondUnknown');
    expect(await page.locator('#layers td.no').count()).to.equal(2);
    expect(await page.isVisible('#run-panel')).to.equal(false);

    await choose('notes.keras', Buffer.from('hello'));
    await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'notes.keras was not loaded.');
    expect(await text('#notice p')).to.match(/^Choose a .* neither a \.keras archive, nor HDF5, nor a model\.json/);
    expect(await page.isVisible('#inspector')).to.equal(false);

    await choose('multi_io.keras');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent?.includes('It cannot be run here'));
    expect(await page.isVisible('#save-panel')).to.equal(true);
  });

  it('lets a second file replace one that is loading', async () => {
    const [first, second] = await Promise.all([
      fixtureFile(version, 'nested.keras'),
      fixtureFile(version, 'groups.keras'),
    ]);
    await page.evaluate(
      (files) => {
        for (const { name, content } of files) {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(content)], name));
          document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
        }
      },
      [
        { name: 'nested.keras', content: [...first] },
        { name: 'groups.keras', content: [...second] },
      ],
    );
    await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('Loaded'));
    await page.waitForTimeout(200);
    expect(await text('#status')).to.include('groups.keras');
    expect(await text('#file-name')).to.equal('groups.keras');
    expect(await text('#layers')).not.to.include('inner_conv');
    expect(await page.isHidden('#notice')).to.equal(true);
  });

  it('fits a phone', async () => {
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.close();
    await openPage(PHONE);
    expect(await overflow(), 'at first').to.equal(0);
    await page.click('#sample-keras');
    await page.waitForSelector('#run:enabled');
    await run();
    await page.click('#weights-title');
    expect(await overflow(), 'with a result').to.equal(0);
    await choose(`${'a'.repeat(120)}.h5`, Buffer.from('hello'));
    await page.waitForSelector('#notice:not([hidden])');
    expect(await overflow(), 'with an error').to.equal(0);
  });
});

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Uint8Array.from(Buffer.concat(parts));
}
