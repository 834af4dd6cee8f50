// The page of the self-test, in real Chromium on a software renderer: both engines, and a report to send.

import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { demoPage } from '../support/demo/demoPage.js';

describe('demo of the self-test', () => {
  const { open, text, requests } = demoPage();

  it('tests both engines and gives the report as JSON', async () => {
    const page = await open({ path: 'selftest.html', ready: 'body[data-ready]' });
    expect(await text('#facts')).to.include('SwiftShader');
    await page.click('#start');
    await page.waitForSelector('#report-panel:not([hidden])', { timeout: 400_000 });
    expect(await text('#status')).to.match(/^All \d+ kernels and programs compute .* on 2 engines\.$/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(download.suggestedFilename()).to.match(/^selftest-\d{4}-\d\d-\d\d\.json$/);
    const report = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(report.passed).to.equal(true);
    expect(report.missing).to.deep.equal([]);
    const engines: { backend: string; results: unknown[] }[] = report.engines;
    expect(engines.map(({ backend }) => backend)).to.deep.equal(['convnet-cpu', 'convnet-webgl']);
    for (const { results } of engines) expect(results).to.have.length.above(50);
    expect(report.userAgent).to.include('Chrome');
    expect(report).to.deep.equal(JSON.parse(await text('#json')));
    expect(requests().filter(({ method }) => method !== 'GET')).to.deep.equal([]);
  });
});
