// Files get their names when all of them are complete and read back; a failure leaves what was there.

import fs from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { replaceFiles } from '../../src/formats/replaceFiles.js';
import { useFolder } from '../support/convnetCommand.js';

describe('replaceFiles', () => {
  const { path } = useFolder();
  const bytes = Uint8Array.from({ length: 2 ** 20 + 5 }, (_, i) => i % 251);
  const oldText = (name: string) => fs.readFile(path(name), 'utf8');

  it('writes over files, with their permissions', async () => {
    await fs.writeFile(path('a.bin'), 'old', { mode: 0o600 });
    await replaceFiles(fs, [{ path: path('a.bin'), bytes }], true);
    expect(new Uint8Array(await fs.readFile(path('a.bin')))).to.deep.equal(bytes);
    if (process.platform !== 'win32') expect((await fs.stat(path('a.bin'))).mode & 0o777).to.equal(0o600);
    expect(await fs.readdir(path('.'))).to.deep.equal(['a.bin']);
  });

  it('follows a link', async () => {
    await fs.mkdir(path('real'));
    for (const name of ['there.bin', 'new.bin']) {
      if (name === 'there.bin') await fs.writeFile(path('real/there.bin'), 'old');
      await fs.symlink(path(`real/${name}`), path(`link-${name}`));
      await replaceFiles(fs, [{ path: path(`link-${name}`), bytes }], true);
      expect((await fs.lstat(path(`link-${name}`))).isSymbolicLink()).to.equal(true);
      expect((await fs.stat(path(`real/${name}`))).size).to.equal(bytes.length);
    }
  });

  it('writes none of several files if one cannot be written', async () => {
    await fs.mkdir(path('several'));
    await fs.writeFile(path('several/a'), 'old');
    const files = [
      { path: path('several/a'), bytes },
      { path: path('several/none/b'), bytes },
    ];
    expect(await messageOf(replaceFiles(fs, files, true))).to.include('ENOENT');
    expect(await oldText('several/a')).to.equal('old');
    expect(await fs.readdir(path('several'))).to.deep.equal(['a']);
  });

  const faults: readonly [string, (written: Uint8Array) => Uint8Array][] = [
    ['a byte that differs', (written) => written.map((byte, i) => (i === 2 ** 20 + 1 ? byte ^ 1 : byte))],
    ['a disk that keeps less', (written) => written.subarray(0, 100)],
  ];
  for (const [what, spoil] of faults) {
    it(`leaves the old file after ${what}`, async () => {
      const name = path(join(`spoilt-${what.length}`));
      await fs.writeFile(name, 'old');
      const faulty = {
        ...fs,
        writeFile: (file: string, data: Uint8Array) => fs.writeFile(file, spoil(data)),
      } as typeof fs;
      const message = await messageOf(replaceFiles(faulty, [{ path: name, bytes }], true));
      expect(message).to.include('the file must read back as it was written').and.include(name);
      expect(await fs.readFile(name, 'utf8')).to.equal('old');
      expect((await fs.readdir(path('.'))).filter((file) => file.endsWith('.tmp'))).to.deep.equal([]);
      await replaceFiles(faulty, [{ path: name, bytes }], false);
      expect(new Uint8Array(await fs.readFile(name))).to.deep.equal(spoil(bytes));
    });
  }
});

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}
