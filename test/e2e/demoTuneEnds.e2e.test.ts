// What ends on the page that trains, in real Chromium: the camera's stream, a class, and the page itself.

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { DESKTOP, demoPage } from '../support/demo/demoPage.js';
import { pngOf } from '../support/demo/photo.js';
import { drawPicture } from '../support/demo/trainingPictures.js';

describe('demo of training, where something ends', () => {
  const { open, text } = demoPage();
  let page: Page;

  async function openPage(init?: () => void): Promise<void> {
    page = await open({ path: 'tune.html', ready: 'body[data-ready]', viewport: DESKTOP, init });
    await page.check('input[value="convnet-cpu"]');
    await page.waitForSelector('#samples:enabled');
  }

  async function train(): Promise<void> {
    await page.click('#train');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('Trained in'));
    await page.waitForSelector('#train:enabled');
  }

  const cards = () => page.locator('.class-card');

  it('goes on when the camera ends by itself, and films again when it is back', async () => {
    await openPage(() => {
      const canvas = document.createElement('canvas');
      setInterval(() => canvas.getContext('2d')?.fillRect(0, 0, 10, 10), 50);
      navigator.mediaDevices.getUserMedia = async () => {
        const stream = canvas.captureStream(10);
        // As where the device is unplugged or the permission withdrawn: the page has not stopped the track. No function
        // here has a name, for which the tests' compiler would want a helper that pages do not have.
        document.addEventListener(
          'unplug',
          () => {
            for (const track of stream.getTracks()) {
              track.stop();
              track.dispatchEvent(new Event('ended'));
            }
          },
          { once: true },
        );
        return stream;
      };
    });
    const unplug = () => page.evaluate(() => void document.dispatchEvent(new Event('unplug')));
    const film = cards().locator('button', { hasText: 'Film' }).first();
    const filmed = cards().first().locator('.thumbs li');
    const turnOn = async () => {
      await page.click('#camera');
      await page.waitForSelector('#video:not([hidden])');
      expect(await text('#camera')).to.equal('Camera off');
    };
    await turnOn();
    await unplug();
    await page.waitForSelector('#video', { state: 'hidden' });
    expect(await text('#camera')).to.equal('Camera on');
    expect(await film.isVisible(), 'Film without a camera').to.equal(false);

    // In the middle of filming: what there is stays, and the page waits for no more.
    await turnOn();
    await film.click();
    await filmed.first().waitFor();
    await unplug();
    await page.waitForSelector('#samples:enabled');
    await page.waitForSelector('#video', { state: 'hidden' });
    const before = await filmed.count();
    expect(before).to.be.within(1, 9);

    await turnOn();
    await film.click();
    await page.waitForSelector('#samples:enabled');
    expect(await filmed.count()).to.equal(before + 10);
  });

  it("asks before a class with one's own pictures goes, and trains on those that are left", async () => {
    await openPage();
    await page.click('#third');
    expect(await text('#third')).to.equal('Two classes');
    await page.click('#third'); // nothing is lost: at once
    expect(await cards().count()).to.equal(2);
    expect(await page.isVisible('#notice')).to.equal(false);

    await page.click('#third');
    const picture = { name: 'disk.png', mimeType: 'image/png', buffer: pngOf(drawPicture(0, 5)) };
    await cards().nth(2).locator('input[type=file]').setInputFiles([picture]);
    await cards().nth(2).locator('li').waitFor();
    await page.click('#third');
    expect(await text('#notice p')).to.equal('The third class goes, with your picture. Go on?');
    expect(await cards().count(), 'before an answer').to.equal(3);
    await page.locator('#notice button', { hasText: 'Yes' }).click();
    expect(await cards().count()).to.equal(2);
    expect(await text('#third')).to.equal('Third class');

    await page.click('#samples');
    await train();
    await page.click('#try-sample');
    await page.waitForSelector('#result li');
    expect(await page.locator('#result li').count(), 'classes of the network').to.equal(2);
  });

  it('asks before the page goes with a network that is not saved, and not afterwards', async () => {
    await openPage();
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    const leave = () => page.evaluate(() => void setTimeout(() => window.location.assign('keras.html')));
    await page.click('#samples');
    await train();
    const question = page.waitForEvent('dialog');
    await leave();
    await question;
    await page.waitForTimeout(200);
    expect(asked).to.deep.equal(['beforeunload']);
    expect(page.url()).to.include('tune.html');
    expect(await page.isVisible('#save-panel')).to.equal(true);

    await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    await page.waitForSelector('#save:enabled');
    await leave();
    await page.waitForURL('**/keras.html');
    expect(asked, 'questions after it was saved').to.have.length(1);
  });
});
