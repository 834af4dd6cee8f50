// The page of docs/debugging.md that records a prediction's WebGL calls, as it stands there, in Chromium.

import { expect } from 'chai';
import { documentApp } from '../support/demo/documentApp.js';

/** Chromium draws in software here, which TensorFlow.js accepts only when told to. */
const ALLOW_SOFTWARE = '?tfjsflags=SOFTWARE_WEBGL_ENABLED:true';

describe('docs/debugging.md', () => {
  const app = documentApp('docs/debugging.md', 'examples/models/small.keras');

  it('Spector.js records the draws of a prediction, and reads their values', async () => {
    expect(app.files()).to.deep.equal(['page.js']);
    const names = await new Promise<string[]>((resolve, reject) => {
      const prepare: Parameters<typeof app.open>[0] = (page) => {
        page.on('pageerror', reject);
        page.on('console', async (message) => {
          if (message.type() === 'log') resolve((await message.args()[0].jsonValue()) as string[]);
        });
      };
      app.open(prepare, ALLOW_SOFTWARE).catch(reject);
    });
    const count = (name: string) => names.filter((other) => other === name).length;
    // A convolution, its activation and pooling at least, and the values that are read.
    expect(count('drawArrays') + count('drawElements')).to.be.above(2);
    expect(count('readPixels')).to.be.above(0);
  });
});
