import { execFileSync } from 'node:child_process';
import { cases } from './cases.js';

for (const { name } of cases) {
  const file = `dist/${name.replace(' ', '-')}/main.js`;
  process.stdout.write(execFileSync(process.execPath, [file, name], { encoding: 'utf8' }));
}
