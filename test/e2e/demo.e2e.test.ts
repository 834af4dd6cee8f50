// The web page in real Chromium. Its pixels are compared with those of the same library in this process.

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { ESRGAN_X2, loadEsrganX2 } from '../../examples/upscale/esrgan.js';
import { crop, largestDifference, type RgbImage, rgbFromRgba } from '../../examples/upscale/image.js';
import { readNodeModule } from '../../examples/upscale/nodeFiles.js';
import { upscale } from '../../examples/upscale/upscale.js';
import '../../src/index.js';
import { DESKTOP, demoPage, PHONE } from '../support/demo/demoPage.js';
import { photo, pngOf } from '../support/demo/photo.js';

describe('demo', () => {
  const { open, text } = demoPage();
  let page: Page;
  let small: RgbImage;

  before(async () => {
    small = crop(await photo(), { left: 80, top: 30, width: 32, height: 26 });
  });

  beforeEach(() => openPage());

  async function openPage(viewport = DESKTOP): Promise<void> {
    page = await open({ ready: '#run:enabled', viewport });
  }

  async function idle(): Promise<void> {
    await page.waitForSelector('#run:enabled');
  }

  async function choosePicture(image: RgbImage, name = 'picture.png'): Promise<void> {
    await page.setInputFiles('#file', { name, mimeType: 'image/png', buffer: pngOf(image) });
    await page.waitForFunction(
      (size) => document.querySelector('#before-size')?.textContent === size,
      `${image.width} × ${image.height}`,
    );
  }

  async function chooseBackend(name: string): Promise<void> {
    await page.check(`input[value="${name}"]`);
    await idle();
  }

  async function run(): Promise<void> {
    await page.click('#run');
    await page.waitForSelector('.stage[data-state="after"]');
    await idle();
  }

  async function pixels(canvas: '#before' | '#after'): Promise<RgbImage> {
    const { width, height, data } = await page.$eval(canvas, (element) => {
      const { width, height } = element as HTMLCanvasElement;
      const context = (element as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
      return { width, height, data: [...context.getImageData(0, 0, width, height).data] };
    });
    return rgbFromRgba(width, height, Uint8Array.from(data));
  }

  it('opens with the sample photo on convnet and says what it runs on', async () => {
    const expected = await photo();
    const shown = await pixels('#before');
    expect([shown.width, shown.height]).to.deep.equal([expected.width, expected.height]);
    expect(largestDifference(shown.data, expected.data)).to.equal(0);
    expect(await text('#run')).to.equal('Upscale with convnet');
    expect(await text('#device-title')).to.equal('backendInfo()');
    expect(await text('#facts')).to.match(/^nameconvnetengine(cpu|webgl)/);
  });

  it('returns the pixels that the same network returns in Node', async () => {
    const image = crop(await photo(), { left: 70, top: 30, width: 90, height: 50 });
    await choosePicture(image, 'eyes.png');
    await run();
    expect(await text('#status')).to.match(/^180 × 100 in [\d.]+ s on convnet$/);
    const fromPage = await pixels('#after');

    await tf.setBackend('convnet');
    const model = await loadEsrganX2(readNodeModule);
    const fromNode = await upscale(model, image, ESRGAN_X2);
    model.dispose();
    expect([fromPage.width, fromPage.height]).to.deep.equal([fromNode.width, fromNode.height]);
    // Two devices may sum in different orders. They differ by about 1e-4 of 255, which can round a value near one half
    // differently.
    expect(largestDifference(fromPage.data, fromNode.data)).to.be.at.most(1);
  });

  it('saves the result as a PNG named after the picture', async () => {
    await choosePicture(small, 'my.eye.png');
    await run();
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(download.suggestedFilename()).to.equal('my.eye-x2.png');
  });

  it('switches backends and compares their pixels and times', async () => {
    await choosePicture(small);
    await run();
    for (const backend of ['convnet-cpu', 'wasm', 'cpu', 'convnet-webgl', 'convnet']) {
      await chooseBackend(backend);
      expect(await text('#run')).to.equal(`Upscale with ${backend}`);
      expect(await text('#device-title')).to.equal(
        backend.startsWith('convnet') ? 'backendInfo()' : `TensorFlow.js ${tf.version_core}`,
      );
      await run();
      const row = await text(`.backend:has(input[value="${backend}"])`);
      expect(row).to.match(/[\d.]+ s/);
      if (backend !== 'convnet') expect(row).to.match(/same pixels as convnet|within 1\/255 of convnet/);
    }
  });

  it('moves the line between before and after with the keyboard and the pointer', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await choosePicture(small);
    await run();
    const split = () => page.$eval('#split', (input) => (input as HTMLInputElement).valueAsNumber);
    expect(await split()).to.equal(50);
    await page.focus('#split');
    await page.keyboard.press('ArrowRight');
    expect(await split()).to.be.above(50);
    await page.keyboard.press('Home');
    expect(await split()).to.equal(0);

    const { x, y, width, height } = (await page.locator('#stage').boundingBox()) as DOMRect;
    await page.mouse.click(x + width * 0.75, y + height / 2);
    expect(await split()).to.be.closeTo(75, 0.3);
    expect(await page.getAttribute('#split', 'aria-valuetext')).to.equal('75 % original');
  });

  it('shows an error when a dropped file is not a picture, and keeps the picture', async () => {
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['hello'], 'notes.txt', { type: 'text/plain' }));
      return data;
    });
    await page.dispatchEvent('#stage', 'drop', { dataTransfer: transfer });
    await page.waitForSelector('#notice:not([hidden])');
    expect(await text('#notice p')).to.equal(
      'Choose a PNG, JPEG or WebP file. notes.txt is not a picture that this browser can read.',
    );
    expect(await text('#before-size')).to.equal('240 × 160');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.isHidden('#notice')).to.equal(true);
  });

  it('takes a dropped picture', async () => {
    const bytes = [...pngOf(small)];
    const transfer = await page.evaluateHandle((content) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(content)], 'small.png', { type: 'image/png' }));
      return data;
    }, bytes);
    await page.dispatchEvent('#stage', 'drop', { dataTransfer: transfer });
    await page.waitForFunction(() => document.querySelector('#before-size')?.textContent === '32 × 26');
  });

  it('asks before it takes a large picture', async () => {
    const grey = (width: number, height: number) => {
      return { width, height, data: new Uint8Array(width * height * 3).fill(128) };
    };
    const send = async (image: RgbImage) => {
      await page.setInputFiles('#file', { name: 'large.png', mimeType: 'image/png', buffer: pngOf(image) });
      await page.waitForSelector('#notice:not([hidden])');
    };
    await send(grey(800, 600));
    expect(await text('#notice p')).to.include('large.png has 800 × 600 pixels.');
    await page.getByRole('button', { name: 'Keep 800 × 600' }).click();
    expect(await text('#before-size')).to.equal('800 × 600');

    await send(grey(2100, 2100));
    expect(await text('#notice p')).to.include('more than this page can enlarge');
    await page.getByRole('button', { name: 'Scale to 512 × 512' }).click();
    expect(await text('#before-size')).to.equal('512 × 512');
  });

  it('stops when it is cancelled, and runs again', async () => {
    // The page clicks itself, since a click from here would arrive only when the busy page handles events again.
    await page.evaluate(() => {
      const progress = document.querySelector('#progress') as HTMLProgressElement;
      const observer = new MutationObserver(() => {
        if (progress.value < 1) return;
        observer.disconnect();
        (document.querySelector('#cancel') as HTMLButtonElement).click();
      });
      observer.observe(progress, { attributes: true });
    });
    await page.click('#run');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent === 'Cancelled.');
    await idle();
    expect(await page.$eval('#progress', (bar) => (bar as HTMLProgressElement).value)).to.equal(1);
    expect(await page.getAttribute('#stage', 'data-state')).to.equal('before');
    await choosePicture(small);
    await run();
  });

  it('fits a phone', async () => {
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.close();
    await openPage(PHONE);
    expect(await overflow(), 'at first').to.equal(0);
    await choosePicture(small);
    await run();
    expect(await overflow(), 'with a result').to.equal(0);
    const buffer = Buffer.from('hello');
    await page.setInputFiles('#file', { name: `${'a'.repeat(120)}.txt`, mimeType: 'text/plain', buffer });
    await page.waitForSelector('#notice:not([hidden])');
    expect(await overflow(), 'with an error').to.equal(0);
  });
});
