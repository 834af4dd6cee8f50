// What Winograd's transforms round away: `npx tsx bench/precision.ts`. On convnet-cpu in Node, and on convnet-webgl in
// headless Chromium with SwiftShader.

import { openPage, servePage } from '../tools/chromiumPage.js';
import { useBackend } from './contestants/tfjsBackend.js';
import { type WinogradErrors, winogradErrors } from './measure/winogradErrors.js';

type Problem = Parameters<typeof winogradErrors>;

const problems = (['normal', 'after relu'] as const).flatMap((inputs) =>
  [32, 64, 128, 256].flatMap((channels) =>
    [28, 56].map((size, i): Problem => [inputs, channels, size, channels + 10 * i]),
  ),
);

function print(backend: string, rows: readonly WinogradErrors[]): void {
  for (const { inputs, channels, size, meanSquare, largest } of rows) {
    const problem = `${size}x${size}x${channels}, ${inputs}`.padEnd(22);
    console.log(`${backend}  ${problem} root mean square ${meanSquare.toFixed(2)}, largest ${largest.toFixed(2)}`);
  }
}

await useBackend('convnet-cpu');
print(
  'convnet-cpu  ',
  problems.map((problem) => winogradErrors(...problem)),
);

const server = await servePage({ script: 'bench/run/precisionPage.ts' });
const { page, close } = await openPage(server, 'swiftshader');
try {
  const rows: WinogradErrors[] = [];
  for (const problem of problems) rows.push(await page.evaluate((given) => precision(...given), problem));
  print('convnet-webgl', rows);
} finally {
  await close();
  server.close();
}
