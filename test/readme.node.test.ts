// The README's JavaScript runs as it stands, with the package's name pointing at the source.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';

const root = new URL('../', import.meta.url);

describe('README', () => {
  it('shows code that runs', async () => {
    const text = await readFile(new URL('README.md', root), 'utf8');
    const blocks = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code);
    expect(blocks.length).to.be.at.least(1);
    const lines: unknown[][] = [];
    const { log } = console;
    console.log = (...args: unknown[]) => void lines.push(args);
    try {
      for (const [i, code] of blocks.entries()) {
        const file = new URL(`.build/readme/example${i}.mjs`, root);
        await mkdir(new URL('.', file), { recursive: true });
        await writeFile(file, code.replaceAll("'tfjs-backend-convnet'", "'../../src/index.js'"));
        await import(file.href);
      }
    } finally {
      console.log = log;
    }
    expect(lines[0]).to.deep.equal(['WebGL2 is not available here', [1, 8, 8, 6]]);
  });
});
