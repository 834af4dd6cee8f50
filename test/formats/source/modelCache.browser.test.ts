// loadKerasModel(url, { cache: true }) with the browser's own Cache API, and a server that counts what it is asked.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { openSource } from '../../../src/formats/source/openSource.js';
import { clearModelCache, loadKerasModel } from '../../../src/keras.js';
import { expectRejection } from '../../support/formats/expectFileError.js';
import { readFixture } from '../../support/keras/fixtureFiles.js';

const url = 'https://models.example/small.h5';

interface Server {
  readonly fetch: typeof fetch;
  /** Methods, as they came. */
  readonly requests: string[];
  bytes: Uint8Array;
  headers: Record<string, string>;
  status: number;
  isOffline: boolean;
}

function startServer(bytes: Uint8Array, headers: Record<string, string>): Server {
  const server: Server = {
    requests: [],
    bytes,
    headers,
    status: 200,
    isOffline: false,
    async fetch(_, { method = 'GET' } = {}) {
      server.requests.push(method);
      if (server.isOffline) throw new TypeError('Failed to fetch');
      const body = method === 'HEAD' || server.status !== 200 ? null : (server.bytes as Uint8Array<ArrayBuffer>);
      const length = { 'content-length': `${server.bytes.length}` };
      return new Response(body, { status: server.status, headers: { ...length, ...server.headers } });
    },
  };
  return server;
}

const first = Uint8Array.of(1, 2, 3);
const second = Uint8Array.of(4, 5, 6, 7);

describe('Keras files: kept by the browser', () => {
  beforeEach(() => clearModelCache());
  after(() => clearModelCache());

  /** Reads the file, and returns its bytes with the warnings. */
  async function read(server: Server, options: object = {}) {
    const warnings: string[] = [];
    const { bytes } = await openSource(url, {
      cache: true,
      fetch: server.fetch,
      onWarning: (message) => warnings.push(message),
      ...options,
    });
    return { bytes: [...bytes], warnings };
  }

  for (const [what, headers] of [
    ['an ETag', { etag: '"1"' }],
    ['a date', { 'last-modified': 'Sun, 29 Nov 2026 08:00:00 GMT' }],
  ] as const) {
    it(`with ${what}: a second load makes no request but the revalidation`, async () => {
      const server = startServer(first, { ...headers });
      expect(await read(server)).to.deep.equal({ bytes: [...first], warnings: [] });
      expect(await read(server)).to.deep.equal({ bytes: [...first], warnings: [] });
      expect(server.requests).to.deep.equal(['GET', 'HEAD']);
    });

    it(`with ${what}: a file that has changed is fetched, and kept`, async () => {
      const server = startServer(first, { ...headers });
      await read(server);
      server.bytes = second;
      server.headers = { etag: '"2"', 'last-modified': 'Sun, 29 Nov 2026 09:00:00 GMT' };
      if (what === 'a date') delete server.headers.etag;
      expect((await read(server)).bytes).to.deep.equal([...second]);
      expect((await read(server)).bytes).to.deep.equal([...second]);
      expect(server.requests).to.deep.equal(['GET', 'HEAD', 'GET', 'HEAD']);
    });
  }

  it('a server that names neither is asked for the file each time', async () => {
    const server = startServer(first, {});
    await read(server);
    server.bytes = second;
    expect((await read(server)).bytes).to.deep.equal([...second]);
  });

  it('without the option nothing is kept', async () => {
    const server = startServer(first, { etag: '"1"' });
    await read(server, { cache: false });
    await read(server, { cache: false });
    expect(server.requests).to.deep.equal(['GET', 'GET']);
  });

  it('where the server cannot be reached, or fails, the kept file comes with a warning', async () => {
    const server = startServer(first, { etag: '"1"' });
    await read(server);
    server.isOffline = true;
    const offline = await read(server);
    expect(offline.bytes).to.deep.equal([...first]);
    expect(offline.warnings.join()).to.include(url).and.include('Failed to fetch');
    Object.assign(server, { isOffline: false, status: 503 });
    expect((await read(server)).warnings.join()).to.include('503');
  });

  it('a file that is gone is an error, and is forgotten', async () => {
    const server = startServer(first, { etag: '"1"' });
    await read(server);
    server.status = 404;
    await expectRejection(read(server), 'status=404');
    server.isOffline = true;
    await expectRejection(read(server), 'the request failed');
  });

  it('a download that breaks off is not kept', async () => {
    const server = startServer(first, { etag: '"1"' });
    const broken: typeof fetch = async () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(first);
          controller.error(new TypeError('network error'));
        },
      });
      return new Response(body, { headers: { etag: '"1"' } });
    };
    await expectRejection(read(server, { fetch: broken }), 'network error');
    expect((await read(server)).bytes).to.deep.equal([...first]);
    expect(server.requests).to.deep.equal(['GET']);
  });

  it('a query is part of the name, a fragment is not', async () => {
    const server = startServer(first, { etag: '"1"' });
    const load = (suffix: string) => openSource(url + suffix, { cache: true, fetch: server.fetch });
    await load('');
    await load('#part');
    await load('?v=2');
    expect(server.requests).to.deep.equal(['GET', 'HEAD', 'GET']);
  });

  it('clearModelCache() forgets one file, or all', async () => {
    const server = startServer(first, { etag: '"1"' });
    await read(server);
    expect(await clearModelCache(`${url}?other`)).to.equal(false);
    expect(await clearModelCache(url)).to.equal(true);
    await read(server);
    expect(await clearModelCache()).to.equal(true);
    await read(server);
    expect(server.requests).to.deep.equal(['GET', 'GET', 'GET']);
  });

  it('caches of other versions of this package are deleted', async () => {
    await caches.open('tfjs-backend-convnet-models-0');
    await read(startServer(first, {}));
    expect(await caches.has('tfjs-backend-convnet-models-0')).to.equal(false);
  });

  it('a model and its shards come from the cache', async () => {
    await tf.setBackend('cpu');
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    let artifacts: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (given) => {
        artifacts = given;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
    const { modelTopology, weightSpecs, weightData } = artifacts as tf.io.ModelArtifacts;
    const json = { modelTopology, weightsManifest: [{ paths: ['w.bin'], weights: weightSpecs }] };
    const files: Record<string, Uint8Array> = {
      'https://models.example/model.json': new TextEncoder().encode(JSON.stringify(json)),
      'https://models.example/w.bin': new Uint8Array(weightData as ArrayBuffer),
    };
    const requests: string[] = [];
    const fetchFile: typeof fetch = async (input, { method = 'GET' } = {}) => {
      requests.push(`${method} ${String(input).split('/').at(-1)}`);
      const body = method === 'HEAD' ? null : (files[String(input)] as Uint8Array<ArrayBuffer>);
      return new Response(body, { headers: { etag: '"1"' } });
    };
    const load = async () => {
      const loaded = await loadKerasModel('https://models.example/model.json', { cache: true, fetch: fetchFile });
      const values = tf.tidy(() => [...(loaded.predict(tf.ones([1, 3])) as tf.Tensor).dataSync()]);
      loaded.dispose();
      return values;
    };
    const expected = tf.tidy(() => [...(model.predict(tf.ones([1, 3])) as tf.Tensor).dataSync()]);
    expect(await load()).to.deep.equal(expected);
    expect(await load()).to.deep.equal(expected);
    expect(requests).to.deep.equal(['GET model.json', 'GET w.bin', 'HEAD model.json', 'HEAD w.bin']);
    model.dispose();
  });
});

describe('Keras files: stored in the browser', () => {
  for (const stored of ['indexeddb://convnet-test', 'localstorage://convnet-test']) {
    it(stored, async () => {
      await tf.setBackend('cpu');
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
      await model.save(stored);
      const loaded = await loadKerasModel(stored);
      const predicted = [model, loaded].map((one) =>
        tf.tidy(() => [...(one.predict(tf.ones([1, 3])) as tf.Tensor).dataSync()]),
      );
      expect(predicted[1]).to.deep.equal(predicted[0]);
      for (const one of [model, loaded]) one.dispose();
      await tf.io.removeModel(stored);
      await expectRejection(loadKerasModel(stored), stored);
    });
  }

  it('a folder of the site, by its handle', async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('model', { create: true });
    const file = await folder.getFileHandle('small.keras', { create: true });
    const writable = await file.createWritable();
    await writable.write((await readFixture('tf_ops/tf_ops.keras')) as Uint8Array<ArrayBuffer>);
    await writable.close();
    const { name, bytes } = await openSource(folder as never);
    expect(name).to.equal('small.keras');
    expect(bytes.length).to.be.greaterThan(1000);
  });
});
