// A real worker whose OffscreenCanvas loses its context, in Chromium: right values or an error, never zeros.

import type { Server } from 'node:http';
import { expect } from 'chai';
import { type OpenPage, openPage, servePage } from '../../tools/chromiumPage.js';

describe('WebGL2 in a module worker', function () {
  this.timeout(240_000);
  let server: Server;
  let opened: OpenPage;

  before(async () => {
    server = await servePage({ script: 'test/e2e/workerPage.ts' });
    opened = await openPage(server, 'swiftshader');
  });
  after(async () => {
    await opened?.close();
    server?.close();
  });

  it('loses and regains its context before, during and after predictions, twice in a row, and goes on on the CPU', async () => {
    expect(await opened.page.evaluate(() => globalThis.lossesInWorker())).to.deep.equal({});
  });
});
