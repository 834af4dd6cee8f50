// The page of the microbenchmarks: its script, bundled, at a free port of this machine.

import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from '../../tools/setup.mjs';

// `openPage` of ../chromium.ts, which has the browser's arguments, waits for `globalThis.bench`.
const page = (script: string) => `<!doctype html>
<meta charset="utf-8">
<title>WebGL microbenchmarks</title>
<link rel="icon" href="data:,">
<script>globalThis.bench = null;</script>
<script type="module">${script}</script>`;

/** Cross-origin isolation: without it the page's clock is coarse. */
const HEADERS = {
  'content-type': 'text/html',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export async function serveMicroPage(): Promise<Server> {
  const html = page(await bundle());
  const server = createServer((_, response) => response.writeHead(200, HEADERS).end(html));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function bundle(): Promise<string> {
  const build = await rolldown({
    cwd: root,
    input: join(root, 'bench/webgl-micro/page.ts'),
    platform: 'browser',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    logLevel: 'warn',
  });
  const { output } = await build.generate({ format: 'esm' });
  return output[0].code;
}
