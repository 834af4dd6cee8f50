// Measures one file in a fresh headless Chromium, with WebGL2 on its software renderer.

import type { AddressInfo } from 'node:net';
import { openPage, servePage } from '../tools/chromiumPage.js';
import type { Measured, Request } from './measure.js';

/** Measures the file `source` of a folder, which also has input.bin. */
export async function measureInChromium(folder: string, request: Request): Promise<Measured & { version: string }> {
  const server = await servePage({ script: 'compatibility/page.ts', roots: [folder] });
  try {
    const { page, version, close } = await openPage(server, 'swiftshader');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const wanted = { ...request, source: url + request.source, input: `${url}input.bin` };
      const measured = await page.evaluate((given) => globalThis.compatibility(given), wanted);
      return { ...measured, version };
    } finally {
      await close();
    }
  } finally {
    server.close();
  }
}
