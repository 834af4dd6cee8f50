// Opens the page of an app in Chromium until it has reported its predictions.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { readPredictions } from './predictions.js';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** A page that has threads, under a policy that is as strict as this package allows (README.md, "The CPU engine"). */
export function strictHeaders(folder: string): Readonly<Record<string, string>> {
  return {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'content-security-policy': [
      "default-src 'none'",
      ["script-src 'self' 'nonce-app' 'wasm-unsafe-eval'", ...inlineScripts(folder)].join(' '),
      "worker-src 'self' blob:",
      "connect-src 'self'",
      'img-src data:',
    ].join('; '),
  };
}

/** The scripts that a bundler has written into the page (Parcel writes an import map), each by its hash. */
function inlineScripts(folder: string): string[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<script(?![^>]*\b(?:src|nonce)=)[^>]*>([\s\S]*?)<\/script>/g)];
  return scripts.map(([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
}

/** Serves a folder at `/` of a free port of this machine. */
export async function serveFolder(dir: string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname); // which has resolved any `..`
    const file = normalize(join(dir, path.endsWith('/') ? `${path}index.html` : path));
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

export interface Visit {
  /** What the page and its workers have written to the console. */
  readonly console: string;
  /** Kilobytes of scripts that were loaded, compressed by gzip. */
  readonly kilobytes: number;
}

const TIME_LIMIT = 120_000; // ms

/** Throws where the page fails, writes an error, or reports less than `names` in two minutes. */
export async function visit(browser: Browser, address: string, names: readonly string[]): Promise<Visit> {
  const page = await browser.newPage();
  const scripts: Promise<number>[] = [];
  const lines: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: unknown) => reject(new Error(`${why}\n${lines.join('\n')}`));
      const timer = setTimeout(() => fail(`the page has not reported ${names.join(', ')}`), TIME_LIMIT);
      page.on('close', () => clearTimeout(timer));
      page.on('pageerror', fail);
      page.on('crash', () => fail('the page has crashed'));
      page.on('response', (response) => {
        if (response.request().resourceType() !== 'script') return;
        const size = response.body().then((bytes) => gzipSync(bytes).length);
        scripts.push(size.catch(() => 0)); // of a page that has failed
      });
      page.on('console', (message) => {
        lines.push(message.text());
        if (message.type() === 'error') fail('the page has written an error');
        const found = readPredictions(lines.join('\n'));
        if (names.every((name) => found.has(name))) resolve();
      });
      page.goto(address).catch(fail);
    });
    const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
    return { console: lines.join('\n'), kilobytes: Math.round(bytes / 1000) };
  } finally {
    await page.close();
  }
}
