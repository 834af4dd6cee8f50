// Compiles main.ts in each way of cases.js.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cases } from './cases.js';

for (const { name, typescript, module, resolution, type, options = [] } of cases) {
  const outDir = `dist/${name.replace(' ', '-')}`;
  mkdirSync(outDir, { recursive: true });
  writeFileSync(`${outDir}/package.json`, JSON.stringify({ type }));
  const common = [
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom,dom.iterable',
    '--types',
    'node',
  ];
  const args = [...common, '--outDir', outDir, '--module', module, '--moduleResolution', resolution, ...options];
  try {
    execFileSync(process.execPath, [`node_modules/${typescript}/bin/tsc`, ...args, 'main.ts'], { encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${name}: ${error.stdout}`);
  }
}
