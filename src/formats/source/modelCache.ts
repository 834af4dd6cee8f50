// Model files that the browser keeps (the Cache API), so that a second visit asks the server only whether they have
// changed. HTTP's own cache drops large files when it likes; this one is kept until the site's data are cleared.
//
// A kept file is good if the server's answer to HEAD has its ETag, or its date where there is no ETag. HEAD with no
// headers of ours needs no preflight on other origins, where If-None-Match would.
//
// Source: https://developer.mozilla.org/en-US/docs/Web/API/Cache

import { messageOf } from '../../core/errors.js';

/** The number rises when the form of the entries changes: caches of other numbers are deleted. */
const PREFIX = 'tfjs-backend-convnet-models-';
const CACHE = `${PREFIX}1`;

const kept = ['content-type', 'etag', 'last-modified'];

interface FetchOptions {
  readonly request: typeof fetch;
  readonly signal?: AbortSignal;
  readonly warn: (message: string) => void;
}

/** What a cached fetch gives: a response to read, and what to do with its bytes once they are whole. */
export interface CachedResponse {
  readonly response: Response;
  keep(bytes: Uint8Array): Promise<void>;
}

/** As fetch; a response with status 200 may come from the cache. Without a Cache API it warns, and fetches. */
export async function fetchCached(url: string, { request, signal, warn }: FetchOptions): Promise<CachedResponse> {
  const cache = await openCache(warn);
  const key = cacheKey(url);
  if (!cache || key === undefined) return { response: await request(url, { signal }), keep: async () => {} };
  const stored = await cache.match(key);
  if (stored && (await isCurrent(stored, url, { request, signal, warn }))) {
    return { response: stored, keep: async () => {} };
  }
  const response = await request(url, { signal, cache: 'no-cache' });
  if (response.status === 404 || response.status === 410) await cache.delete(key);
  return {
    response,
    async keep(bytes) {
      const headers = kept.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value] as [string, string]];
      });
      const copy = new Response(bytes as Uint8Array<ArrayBuffer>, {
        headers: [...headers, ['content-length', `${bytes.length}`]],
      });
      try {
        await cache.put(key, copy);
      } catch (error) {
        await cache.delete(key);
        warn(`${url} is not kept: ${messageOf(error)}`); // no room, most often
      }
    },
  };
}

/**
 * Deletes the model files that `loadKerasModel(url, { cache: true })` has kept in this browser: one, or all.
 *
 * @param url The file. Default: all.
 * @returns Whether there was anything to delete. False where there is no Cache API.
 */
export async function clearModelCache(url?: string): Promise<boolean> {
  if (typeof caches === 'undefined') return false;
  if (url === undefined) return caches.delete(CACHE);
  const key = cacheKey(url);
  return key !== undefined && (await caches.open(CACHE)).delete(key);
}

async function openCache(warn: (message: string) => void): Promise<Cache | undefined> {
  if (typeof caches === 'undefined') {
    warn('cache: true has no effect here: there is no Cache API (it needs a browser, and https or localhost)');
    return undefined;
  }
  try {
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(names.map((name) => caches.delete(name)));
    return await caches.open(CACHE);
  } catch (error) {
    warn(`cache: true has no effect here: ${messageOf(error)}`); // as in a sandboxed frame
    return undefined;
  }
}

/** The whole URL without its fragment; undefined for data: and blob: URLs, which are in memory already. */
function cacheKey(url: string): string | undefined {
  const { href, protocol } = new URL(url, globalThis.location?.href);
  return /^https?:$/.test(protocol) ? href.split('#')[0] : undefined;
}

async function isCurrent(stored: Response, url: string, { request, signal, warn }: FetchOptions): Promise<boolean> {
  let head: Response;
  try {
    head = await request(url, { method: 'HEAD', cache: 'no-store', signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    warn(`${url} comes from the cache: the server cannot be asked whether it has changed (${messageOf(error)})`);
    return true;
  }
  if (head.status >= 500) {
    warn(`${url} comes from the cache: the server answers with ${head.status}`);
    return true;
  }
  if (!head.ok) return false; // the request that follows says why
  const [before, now] = ['etag', 'last-modified']
    .map((name) => [stored.headers.get(name), head.headers.get(name)])
    .find((pair) => pair.every((value) => value !== null)) ?? [undefined, null];
  return before === now;
}
