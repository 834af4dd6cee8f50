// npm run site:check: what must hold of the built site. Every internal link leads somewhere, headings included; axe finds
// nothing serious in light and dark, on a phone and on a desktop; the keyboard reaches every control and never loses its
// place; the demo works in a folder of any name. Build the site first: npm run site.
//   npm run site:check -- --only=links   this part only: links, pages
//   SITE_KIND=demo/ looks at the pages whose path begins so, SITE_TIMES=1 says how long each takes.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, runMain, SetupError } from '../tools/setup.mjs';
import { checkLinks } from './checkLinks.mjs';
import { checkPages } from './checkPages.mjs';

const site = join(root, '.build/site');

await runMain(async () => {
  if (!existsSync(join(site, 'index.html'))) throw new SetupError('Build the site first: npm run site');
  const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
  const faults = [];
  if (only !== 'pages') faults.push(...checkLinks(site));
  if (only !== 'links') faults.push(...(await checkPages(site)));
  for (const fault of faults) console.error(fault);
  console.log(`${faults.length} faults`);
  if (faults.length > 0) process.exitCode = 1;
});
