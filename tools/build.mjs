// npm run build: dist/ from scratch. Code by rolldown (rolldown.config.js), declarations by tsc (tsconfig.build.json).

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary, runNode } from './command.mjs';
import { root, runMain } from './setup.mjs';

/** @param {string} script @param {string[]} args */
async function run(script, args) {
  if ((await runNode(script, args)) !== 0) throw new Error(`build: failed at ${script}`);
}

await runMain(async () => {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  await run(binary('rolldown'), ['--config', 'rolldown.config.js']);
  await run(binary('typescript', 'tsc'), ['--project', 'tsconfig.build.json']);
  // Under this package.json both the code and the declarations of dist/cjs are CommonJS.
  writeFileSync(join(dist, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
  cpSync(join(dist, 'esm', 'types'), join(dist, 'cjs', 'types'), { recursive: true });
});
