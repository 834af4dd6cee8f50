// Files behind a URL (http, https, data, blob), read by `fetch`.

import { messageOf } from '../../core/errors.js';
import { checkFile, fileError } from '../kerasFileError.js';
import { type CachedResponse, fetchCached } from './modelCache.js';
import { readPieces } from './readPieces.js';
import type { Source, SourceOptions } from './sourceTypes.js';

/** A file by its URL, which may be relative to the page. */
export function urlSource(url: string): Source {
  const name = fileName(url);
  return {
    name,
    identify: () => url,
    read: (options) => download(url, name, options),
    sibling(steps) {
      const canHave = !/^(data|blob):/i.test(url);
      checkFile(canHave, 'openSource', 'there are no files beside a data: or blob: URL', { name: steps.join('/') });
      return urlSource(siblingUrl(url, steps));
    },
  };
}

async function download(url: string, name: string, options: SourceOptions): Promise<Uint8Array> {
  const { signal } = options;
  const request = options.fetch ?? globalThis.fetch;
  let cached: CachedResponse;
  try {
    cached = options.cache
      ? await fetchCached(url, { request, signal, warn: options.onWarning ?? console.warn })
      : { response: await request(url, { signal }), keep: async () => {} };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw fileError('openSource', `the request failed (${messageOf(error)})`, { url }, error);
  }
  const { response } = cached;
  if (!response.ok) {
    await response.body?.cancel();
    const { status, statusText } = response;
    throw fileError('openSource', `the server must hand out the file ${statusText}`.trimEnd(), { status, url });
  }
  // If the server compresses, this is the length of the compressed bytes. readPieces copes with that.
  const length = Number.parseInt(response.headers.get('content-length') ?? '', 10);
  const known = Number.isNaN(length) ? undefined : length;
  const bytes = await readPieces(bodyPieces(response), { ...options, name, length: known });
  await cached.keep(bytes); // whole, since a broken download has thrown
  return bytes;
}

async function* bodyPieces(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) {
    yield new Uint8Array(await response.arrayBuffer());
    return;
  }
  const reader = response.body.getReader(); // not every browser can iterate a stream
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // after an error or a limit: stop the download
  }
}

/** The URL of a file beside `url`, with the same query, which may be the signature of a file store. */
function siblingUrl(url: string, steps: readonly string[]): string {
  const [path, query = ''] = url.split('#')[0].split(/(?=\?)/);
  return path.slice(0, path.lastIndexOf('/') + 1) + steps.map(encodeURIComponent).join('/') + query;
}

function fileName(url: string): string {
  if (/^(data|blob):/i.test(url)) return 'bytes';
  const last = url.split(/[?#]/)[0].split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
