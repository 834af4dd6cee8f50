// Files behind a URL, by `fetch`: http, https, data and blob.

import { messageOf } from '../../core/errors.js';
import { checkFile, fileError } from '../kerasFileError.js';
import { readPieces } from './readPieces.js';
import type { SourceOptions, SourcePlace } from './sourceTypes.js';

/** `url` may be relative to the page. */
export function urlPlace(url: string): SourcePlace {
  const name = fileName(url);
  return {
    name,
    read: (options) => download(url, name, options),
    sibling(steps) {
      const canHave = !/^(data|blob):/i.test(url);
      checkFile(canHave, 'openSource', 'there are no files beside a data: or blob: URL', { name: steps.join('/') });
      return urlPlace(siblingUrl(url, steps));
    },
  };
}

async function download(url: string, name: string, options: SourceOptions): Promise<Uint8Array> {
  const { signal } = options;
  const request = options.fetch ?? globalThis.fetch;
  let response: Response;
  try {
    response = await request(url, { signal });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw fileError('openSource', `the request failed (${messageOf(error)})`, { url }, error);
  }
  if (!response.ok) {
    await response.body?.cancel();
    const { status, statusText } = response;
    throw fileError('openSource', `the server must hand out the file ${statusText}`.trimEnd(), { status, url });
  }
  // The length is that of the packed bytes where the server compresses: then the pieces are more, and nothing else rests on it.
  const length = Number.parseInt(response.headers.get('content-length') ?? '', 10);
  return readPieces(bodyPieces(response), { ...options, name, length: Number.isNaN(length) ? undefined : length });
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

/** Beside `url`, with the same query: it may be the signature of a store. */
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
