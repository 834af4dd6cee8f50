// The entry points can be imported where a page's globals are few: jsdom has no TextEncoder and no TextDecoder.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Imports a module in a process of its own, without the two globals. Gives what it printed. */
async function importBare(path: string): Promise<string> {
  const script = `
    await import('@tensorflow/tfjs-core');
    delete globalThis.TextEncoder;
    delete globalThis.TextDecoder;
    await import(${JSON.stringify(`./${path}`)});
    console.log('imported');`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout.trim();
}

describe('imports without TextEncoder and TextDecoder', () => {
  for (const path of ['src/index.ts', 'src/layers.ts', 'src/keras.ts']) {
    it(path, async () => {
      expect(await importBare(path)).to.equal('imported');
    });
  }
});
