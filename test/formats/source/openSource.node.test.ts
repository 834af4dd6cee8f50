// Files on disk.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { openSource } from '../../../src/formats/source/openSource.js';
import { expectRejection } from '../../support/formats/expectFileError.js';

describe('Keras files: sources on disk', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convnet-'));
    await writeFile(join(folder, 'model.json'), '{}');
    await writeFile(join(folder, 'a b#1.bin'), 'shard');
    await writeFile(join(folder, 'large.bin'), new Uint8Array(2 ** 24 + 5).fill(7));
  });
  after(() => rm(folder, { recursive: true }));

  it('takes paths, file URLs as text and as URL', async () => {
    const path = join(folder, 'model.json');
    for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      const file = await openSource(source);
      expect(file.name).to.equal('model.json');
      expect((await file.sibling('a b#1.bin')).bytes.length).to.equal(5);
    }
  });

  it('says how far it is, and ends with the reason of the signal', async () => {
    const progress: number[] = [];
    const file = await openSource(join(folder, 'large.bin'), { onProgress: (fraction) => progress.push(fraction) });
    expect(file.bytes.length).to.equal(2 ** 24 + 5);
    expect(file.bytes.at(-1)).to.equal(7);
    expect(progress.length).to.equal(3);
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort('enough') };
    expect(await openSource(join(folder, 'large.bin'), options).catch((error: unknown) => error)).to.equal('enough');
  });

  it('takes the model of a folder', async () => {
    await mkdir(join(folder, 'web_model'));
    await expectRejection(openSource(join(folder, 'web_model')), 'a folder must hold one model');
    await writeFile(join(folder, 'web_model', 'notes.json'), '[]');
    await writeFile(join(folder, 'web_model', 'model.json'), '{}');
    await writeFile(join(folder, 'web_model', 'shard.bin'), 'abc');
    for (const path of [join(folder, 'web_model'), pathToFileURL(join(folder, 'web_model'))]) {
      const file = await openSource(path);
      expect(file.name).to.equal('model.json');
      expect((await file.sibling('shard.bin')).bytes).to.have.lengthOf(3);
    }
    await rm(join(folder, 'web_model', 'model.json'));
    for (const name of ['a.keras', 'b.keras']) await writeFile(join(folder, 'web_model', name), '');
    await rm(join(folder, 'web_model', 'notes.json'));
    await expectRejection(openSource(join(folder, 'web_model')), 'a folder must hold one model');
  });

  it('refuses SavedModels, what is not there, and what is too large', async () => {
    await mkdir(join(folder, 'saved'));
    await writeFile(join(folder, 'saved', 'saved_model.pb'), '');
    await expectRejection(openSource(join(folder, 'saved')), 'a SavedModel cannot be read');
    await expectRejection(openSource(join(folder, 'none.h5')), 'none.h5 cannot be read (ENOENT');
    await expectRejection(openSource(join(folder, 'large.bin'), { maxBytes: 100 }), 'may have 100 bytes at most');
  });
});
