// Sources of files: bytes, Blobs, lists of files, URLs; names that leave the folder; progress, limits and AbortSignals.

import { expect } from 'chai';
import { type KerasSource, openSource } from '../../../src/formats/source/openSource.js';
import { expectRejection } from '../../support/formats/expectFileError.js';
import { fixturePath } from '../../support/formats/readFixture.js';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
const model = new TextEncoder().encode('{"weightsManifest": []}');

/** A `fetch` for these files. Every response comes in two pieces. */
function server(
  files: Readonly<Record<string, Uint8Array>>,
  headers: Readonly<Record<string, string>> = {},
): typeof fetch {
  return async (input) => {
    const content = files[String(input)];
    if (!content) return new Response('nothing here', { status: 404, statusText: 'Not Found' });
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(content.slice(0, 10));
        controller.enqueue(content.slice(10));
        controller.close();
      },
    });
    return new Response(body, { headers: { 'content-length': String(content.length), ...headers } });
  };
}

describe('Keras files: sources', () => {
  const kinds: readonly (readonly [string, KerasSource, string])[] = [
    ['an ArrayBuffer', bytes.buffer, 'bytes'],
    ['a Uint8Array', bytes, 'bytes'],
    ['a part of a buffer', new Uint8Array(Uint8Array.of(9, ...bytes).buffer, 1), 'bytes'],
    ['a DataView', new DataView(bytes.buffer), 'bytes'],
    ['named bytes', { name: 'a.h5', bytes }, 'a.h5'],
    ['a Blob', new Blob([bytes]), 'bytes'],
    ['a file handle', { getFile: async () => new Blob([bytes]) }, 'bytes'],
    ['a list of one', [{ name: 'a.h5', bytes }], 'a.h5'],
  ];
  for (const [what, source, name] of kinds) {
    it(`reads ${what}`, async () => {
      const progress: number[] = [];
      const file = await openSource(source, { onProgress: (fraction) => progress.push(fraction) });
      expect(file.name).to.equal(name);
      expect(file.bytes).to.deep.equal(bytes);
      expect(progress.at(-1)).to.equal(1);
      expect(file.bytes).not.to.equal(undefined);
      await expectRejection(file.sibling('shard.bin'), 'shard.bin');
    });
  }

  it('reads files of the server or the disk, and those beside them', async () => {
    const file = await openSource(fixturePath('hdf5/ordered.h5'));
    expect(file.name).to.equal('ordered.h5');
    expect([...file.bytes.subarray(1, 4)]).to.deep.equal([0x48, 0x44, 0x46]);
    const sibling = await file.sibling('expected.json');
    expect(sibling.name).to.equal('expected.json');
    expect(await (await sibling.sibling('ordered.h5')).bytes).to.deep.equal(file.bytes);
  });

  it('keeps siblings inside of the folder', async () => {
    const file = await openSource('https://host/m/model.json', {
      fetch: server({ 'https://host/m/model.json': model }),
    });
    const names = [
      '../a',
      'a/../../b',
      '/etc/passwd',
      'a//b',
      './a',
      '',
      '.',
      '..',
      'C:a',
      'https://other/x',
      'a\\b',
      'a\0b',
    ];
    for (const name of names) await expectRejection(file.sibling(name), 'must have a plain relative name');
  });

  it('finds siblings on a server, with the same query, names escaped', async () => {
    const files = {
      'https://host/m/model.json?key=1': model,
      'https://host/m/sub/a%20%252e%23.bin?key=1': bytes,
    };
    const file = await openSource(new URL('https://host/m/model.json?key=1#x'), {
      fetch: async (url, init) => server(files)(String(url).split('#')[0], init),
    });
    expect(file.name).to.equal('model.json');
    const shard = await file.sibling('sub/a %2e#.bin');
    expect(shard.bytes).to.deep.equal(bytes);
    expect(shard.name).to.equal('a %2e#.bin');
    await expectRejection(file.sibling('b.bin'), "status=404, url='https://host/m/b.bin?key=1'");
  });

  it('says how far it is, and reads more than was announced', async () => {
    for (const [announced, expected] of [
      ['1000', [0.01, 1, 1]],
      ['20', [0.5, 1, 1]],
    ] as const) {
      const progress: number[] = [];
      const fetch = server({ 'https://host/a.h5': bytes }, { 'content-length': announced });
      const file = await openSource('https://host/a.h5', { fetch, onProgress: (fraction) => progress.push(fraction) });
      expect(file.bytes).to.deep.equal(bytes);
      expect(progress).to.deep.equal(expected);
    }
  });

  it('refuses files above the limit, announced or not', async () => {
    for (const announced of ['1000', '5']) {
      const fetch = server({ 'https://host/a.h5': bytes }, { 'content-length': announced });
      await expectRejection(
        openSource('https://host/a.h5', { fetch, maxBytes: 500 }),
        'a.h5 may have 500 bytes at most',
      );
    }
    await expectRejection(openSource(new Blob([bytes]), { maxBytes: 500 }), 'received bytes=1000');
    await expectRejection(openSource(bytes, { maxBytes: 500 }), 'received bytes=1000');
  });

  it('names status and URL of a failed request', async () => {
    await expectRejection(
      openSource('https://host/none.h5', { fetch: server({}) }),
      "the server must hand out the file Not Found; received status=404, url='https://host/none.h5'",
    );
    const offline: typeof fetch = () => Promise.reject(new TypeError('no network'));
    await expectRejection(openSource('https://host/a.h5', { fetch: offline }), 'the request failed (no network)');
  });

  it('ends with the reason of the signal, before and while reading', async () => {
    const reason = new Error('enough');
    const outcome = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
    expect(await outcome(openSource(bytes, { signal: AbortSignal.abort(reason) }))).to.equal(reason);
    const fetch = server({ 'https://host/a.h5': bytes });
    for (const source of ['https://host/a.h5', new Blob([new Uint8Array(2 ** 25)])]) {
      const controller = new AbortController();
      const onProgress = () => controller.abort(reason);
      expect(await outcome(openSource(source, { fetch, signal: controller.signal, onProgress }))).to.equal(reason);
    }
    const controller = new AbortController();
    const file = await openSource('https://host/a.h5', { fetch, signal: controller.signal });
    controller.abort(reason);
    expect(await outcome(file.sibling('b'))).to.equal(reason);
  });

  describe('lists', () => {
    const named = (name: string, content = bytes) => ({ name, bytes: content });

    it('finds the model and the files that belong to it', async () => {
      const file = await openSource([
        named('shard1.bin'),
        new File([model], 'model.json'),
        new File([bytes], 'shard2.bin'),
      ]);
      expect(file.name).to.equal('model.json');
      expect((await file.sibling('shard1.bin')).bytes).to.deep.equal(bytes);
      expect((await file.sibling('shard2.bin')).bytes).to.deep.equal(bytes);
      await expectRejection(
        file.sibling('shard3.bin'),
        "name='shard3.bin', names=['shard1.bin','model.json','shard2.bin']",
      );
    });

    it('prefers model.json to other JSON files', async () => {
      const file = await openSource([named('metadata.json'), named('model.json'), named('group1.bin')]);
      expect(file.name).to.equal('model.json');
      expect((await openSource([named('a_00000.weights.h5'), named('a.weights.json')])).name).to.equal(
        'a.weights.json',
      );
    });

    it('refuses lists without one model, and names that occur twice', async () => {
      for (const files of [[], [named('a.bin'), named('b.bin')], [named('a.h5'), named('b.h5')]]) {
        await expectRejection(openSource(files), 'a list must hold one model.json');
      }
      await expectRejection(openSource([named('a.h5'), named('a.h5')]), 'must not have the same name');
    });
  });

  it('refuses everything else', async () => {
    for (const source of [undefined, null, 5, {}, true]) {
      await expectRejection(openSource(source as unknown as KerasSource), 'must be a URL, a File, bytes');
    }
  });
});
