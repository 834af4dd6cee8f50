// A recording hears of memory through the device, and through floats(), ints() and bytes() of the heap. Kernels use nothing
// else: what goes around these would be missing from a replay without anybody noticing.

import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';

const root = new URL('../../../../', import.meta.url);
/** What reaches the heap unheard. */
const unheard = /\.words\(|\bheap\.(memory|alloc|free)\b|new WebAssembly|\.moveTo\(|\.view\(\)|argumentWords/;
const folders = ['src/engines/cpu/ops', 'src/engines/cpu/conv', 'kernels/wasm'];

for (const folder of folders) {
  it(`${folder} reaches memory where a recording hears of it`, async () => {
    const files = await readdir(new URL(folder, root), { recursive: true });
    const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('emit'));
    expect(sources.length).to.be.greaterThan(1);
    for (const file of sources) {
      const text = await readFile(new URL(`${folder}/${file}`, root), 'utf8');
      expect(unheard.exec(text)?.[0], file).to.equal(undefined);
    }
  });
}

it('and the pattern finds what it looks for', () => {
  expect('device.heap.words().f32').to.match(unheard);
  expect('device.heap.bytes(at, 4)').not.to.match(unheard);
});
