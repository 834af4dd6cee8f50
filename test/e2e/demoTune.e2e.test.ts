// The page that trains on pictures, in real Chromium: what it downloads is loaded here and judged on pictures that it never
// saw.

import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import type { Download, Page } from 'playwright-core';
import '../../src/index.js';
import { loadKerasModel } from '../../src/keras.js';
import { DESKTOP, demoPage, PHONE } from '../support/demo/demoPage.js';
import { pngOf } from '../support/demo/photo.js';
import { drawPicture, type TestPicture } from '../support/demo/trainingPictures.js';

const names = ['Disks', 'Stripes'];

describe('demo of training', () => {
  const { open, text, requests } = demoPage();
  let page: Page;

  before(() => tf.setBackend('convnet-cpu'));

  beforeEach(() => openPage());

  afterEach(() => {
    const uploads = requests().filter(({ method }) => method !== 'GET');
    expect(uploads, 'uploads').to.deep.equal([]);
  });

  async function openPage(viewport = DESKTOP, init?: () => void): Promise<void> {
    page = await open({ path: 'tune.html', ready: 'body[data-ready]', viewport, init });
    await page.check('input[value="convnet-cpu"]');
    await page.waitForSelector('#samples:enabled');
  }

  const fileOf = (picture: TestPicture, name: string) => ({ name, mimeType: 'image/png', buffer: pngOf(picture) });

  async function choosePictures(count: number): Promise<void> {
    for (const [label, name] of names.entries()) {
      const card = page.locator('.class-card').nth(label);
      await card.locator('input[type=text]').fill(name);
      const files = Array.from({ length: count }, (_, i) => fileOf(drawPicture(label, i), `${name}${i}.png`));
      await card.locator('input[type=file]').setInputFiles(files);
      await card.locator(`li:nth-child(${count})`).waitFor();
    }
  }

  async function train(): Promise<void> {
    await page.click('#train');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('Trained in'));
    await page.waitForSelector('#train:enabled');
  }

  async function download(): Promise<Uint8Array> {
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    expect(file.suggestedFilename()).to.equal('my_pictures.keras');
    return bytesOf(file);
  }

  /** The probabilities that the page shows for a picture. */
  async function tryOut(picture: TestPicture): Promise<number[]> {
    await page.evaluate(() => document.querySelector('#result')?.replaceChildren());
    await page.setInputFiles('#try-file', fileOf(picture, 'held.png'));
    await page.waitForSelector('#result li');
    return page.$$eval('#result .score', (scores) =>
      scores.map(({ textContent }) => Number.parseFloat(textContent ?? '')),
    );
  }

  it('trains a head that knows pictures it never saw, and the file predicts the same here and on the page of Keras files', async () => {
    await choosePictures(10);
    await train();
    expect(await text('#status')).to.match(
      /on convnet-cpu: loss [\d.e-]+, accuracy \d+ %, on pictures held back \d+ %\.$/,
    );
    expect(await page.locator('#figures tbody tr').count()).to.equal(30);
    expect(await page.locator('#curves canvas').count()).to.equal(2);
    const bytes = await download();

    const model = await loadKerasModel(bytes);
    const held = heldPictures(40).map((one) => ({ ...one, scores: predict(model, one.picture) }));
    model.dispose();
    expect(rightOf(held), 'share of pictures held back that are right').to.be.at.least(0.95);
    const [, { picture, scores }] = held;
    const shown = await tryOut(picture);
    shown.forEach((score, i) => {
      expect(score / 100, `shown score ${i}`).to.be.closeTo(scores[i], 0.002);
    });
    expect(await text('#python')).to.include('names = ["Disks", "Stripes"]');
    await page.close();

    page = await open({ path: 'keras.html', ready: 'body[data-ready]' });
    await page.setInputFiles('#model-file', {
      name: 'my_pictures.keras',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(bytes),
    });
    await page.waitForSelector('#run:enabled');
    await page.setInputFiles('#picture-file', fileOf(picture, 'held.png'));
    await page.selectOption('#scale', 'none');
    await page.waitForFunction(() => document.querySelector('#picture-text')?.textContent?.startsWith('held.png'));
    await page.click('#run');
    await page.waitForSelector('.classes li');
    const found = await page.$$eval('.classes li', (items) =>
      items.map((item) => [item.children[0].textContent, Number(item.children[2].textContent)] as const),
    );
    for (const [name, score] of found) {
      expect(score, `${name} on the page of Keras files`).to.be.closeTo(scores[Number(name?.split(' ')[1])], 1e-3);
    }
  });

  it('adapts the network with LoRA, and trains anew after it', async () => {
    await choosePictures(5);
    await page.check('input[value="lora"]');
    await train();
    expect(await page.locator('#figures tbody tr').count()).to.equal(14);
    const model = await loadKerasModel(await download());
    const right = rightOf(heldPictures(10).map((held) => ({ ...held, scores: predict(model, held.picture) })));
    model.dispose();
    expect(right, 'share of pictures held back that are right').to.be.at.least(0.8);
    await page.check('input[value="head"]');
    await train();
    expect(await page.locator('#figures tbody tr').count()).to.equal(30);
  });

  it('is used with the keyboard alone, on sample pictures of three classes, and stops when asked to', async () => {
    await page.focus('#third');
    await page.keyboard.press('Enter');
    await page.focus('#samples');
    await page.keyboard.press('Enter');
    expect(await page.locator('.class-card').count()).to.equal(3);
    expect(await page.locator('.thumbs li').count()).to.equal(45);
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('train');
    await page.keyboard.press('Enter');
    await page.focus('#stop');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'Stopped.');
    expect(await page.isVisible('#save-panel')).to.equal(false);
    await page.focus('.thumbs button');
    await page.keyboard.press('Enter');
    expect(await page.locator('.thumbs li').count()).to.equal(44);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).to.equal(
      'Remove this picture',
    );
  });

  it('keeps what was learned when it is stopped, and says when the file is saved', async () => {
    await choosePictures(5);
    await page.click('#train');
    await page.waitForFunction(() => document.querySelectorAll('#figures tbody tr').length >= 3);
    await page.click('#stop');
    await page.waitForSelector('#train:enabled');
    const epochs = await page.locator('#figures tbody tr').count();
    expect(epochs).to.be.within(3, 29);
    expect(await text('#status')).to.match(new RegExp(`^Stopped after epoch ${epochs} in .*: loss `));
    expect(await tryOut(drawPicture(0, 3000))).to.have.length(2);
    for (let time = 0; time < 2; time++) {
      const model = await loadKerasModel(await download());
      expect(predict(model, drawPicture(0, 3000))).to.have.length(2);
      model.dispose();
    }
    await page.waitForSelector('#save:enabled');
    expect(await text('#saved')).to.equal('Saved my_pictures.keras.');
  });

  it("says which class needs pictures, and asks before samples take the place of one's own", async () => {
    expect(await text('#need')).to.include('Class 1, Class 2 have none');
    const card = page.locator('.class-card').first();
    const notes = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('hello') });
    await card
      .locator('input[type=file]')
      .setInputFiles([notes('a.txt'), fileOf(drawPicture(0, 1), 'disk.png'), notes('b.txt')]);
    await page.waitForSelector('#notice:not([hidden])');
    expect(await text('#notice p')).to.include(
      '2 of 3 files are no pictures that this browser can read: a.txt, b.txt.',
    );
    expect(await text('#need')).to.equal('Training needs pictures of each class; Class 2 has none.');
    await page.click('#samples');
    expect(await text('#notice p')).to.equal('Samples take the place of your picture. Go on?');
    expect(await page.locator('.thumbs li').count()).to.equal(1);
    await page.locator('#notice button', { hasText: 'Yes' }).click();
    expect(await page.locator('.thumbs li').count()).to.equal(30);
    expect(await page.isVisible('#need')).to.equal(false);
    await page.click('#samples');
    expect(await page.isVisible('#notice')).to.equal(false);
  });

  it('films pictures, and says why there is no camera', async () => {
    await page.close();
    await openPage(DESKTOP, () => {
      const canvas = document.createElement('canvas');
      setInterval(() => canvas.getContext('2d')?.fillRect(0, 0, 10, 10), 50);
      navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
    });
    await page.click('#camera');
    await page.waitForSelector('#video:not([hidden])');
    await page.locator('.class-card button', { hasText: 'Film' }).nth(1).click();
    await page.waitForFunction(() => document.querySelectorAll('.class-card:nth-child(2) .thumbs li').length === 10);
    await page.waitForSelector('#camera:enabled');
    await page.click('#camera');
    expect(await page.isVisible('#video')).to.equal(false);
    await page.close();

    await openPage(DESKTOP, () => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
    });
    await page.click('#camera');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await text('#notice p')).to.equal('Choose pictures instead. There is no camera on this machine.');
  });

  it('takes what is dropped on a class, and names the file that is no picture', async () => {
    const data = await page.evaluateHandle(
      (png) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(png)], 'disk.png', { type: 'image/png' }));
        transfer.items.add(new File(['hello'], 'notes.txt'));
        return transfer;
      },
      [...pngOf(drawPicture(0, 1))],
    );
    await page.dispatchEvent('.class-card:nth-child(2) .count', 'drop', { dataTransfer: data });
    await page.waitForSelector('#notice:not([hidden])');
    expect(await text('#notice p')).to.include('notes.txt is not a picture');
    expect(await page.locator('.class-card:nth-child(2) .thumbs li').count()).to.equal(1);
    await page.dispatchEvent('#train', 'drop', { dataTransfer: data });
    await page.waitForFunction(() => document.querySelector('#notice p')?.textContent?.includes('on the class'));
  });

  it('fits a phone', async () => {
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.close();
    await openPage(PHONE);
    expect(await overflow(), 'at first').to.equal(0);
    await page.click('#third');
    await page.click('#samples');
    for (const i of [0, 1, 2]) await page.locator('.class-card input[type=text]').nth(i).fill('a'.repeat(40));
    await train();
    expect(await overflow(), 'with a result').to.equal(0);
  });
});

/** Pictures of both classes that no training has seen. */
function heldPictures(count: number): { readonly label: number; readonly picture: TestPicture }[] {
  return Array.from({ length: count }, (_, i) => ({ label: i % 2, picture: drawPicture(i % 2, 1000 + i) }));
}

/** The share whose right class has the larger probability. */
function rightOf(judged: readonly { readonly label: number; readonly scores: readonly number[] }[]): number {
  return judged.filter(({ label, scores }) => scores[label] > 0.5).length / judged.length;
}

function predict(model: LayersModel, { width, height, data }: TestPicture): number[] {
  return tf.tidy(() => {
    const x = tf.tensor4d(Float32Array.from(data), [1, height, width, 3]);
    return Array.from((model.predict(x) as tf.Tensor).dataSync());
  });
}

async function bytesOf(file: Download): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of await file.createReadStream()) parts.push(part as Buffer);
  return Uint8Array.from(Buffer.concat(parts));
}
