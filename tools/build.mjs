// npm run build: dist/ from scratch. Code by rolldown (rolldown.config.js), declarations by tsc (tsconfig.build.json), which
// rolldown then joins: a file for each entry, and one for each group of types that entries share. They stand in dist/cjs, and
// those of the ES modules pass them on: a module may take its types from CommonJS, and not the other way round.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { entries } from '../rolldown.config.js';
import { binary, runNode } from './command.mjs';
import { root, runMain } from './setup.mjs';

/** @param {string} script @param {string[]} args */
async function run(script, args) {
  if ((await runNode(script, args)) !== 0) throw new Error(`build: failed at ${script}`);
}

/** @param {string} declared where tsc has put the declarations @param {string} dir */
async function joinDeclarations(declared, dir) {
  const input = Object.entries(entries).map(([name, path]) => [name, join(declared, path.replace(/\.ts$/, '.d.ts'))]);
  const bundle = await rolldown({
    input: Object.fromEntries(input),
    external: [/^@tensorflow\//, /^node:/],
    plugins: [dts({ dtsInput: true, tsconfig: false })],
  });
  await bundle.write({ dir, format: 'esm', chunkFileNames: 'types/[name]-[hash].js' });
  await bundle.close();
}

await runMain(async () => {
  const dist = join(root, 'dist');
  const declared = join(root, '.build/declarations');
  rmSync(dist, { recursive: true, force: true });
  rmSync(declared, { recursive: true, force: true });
  await run(binary('rolldown'), ['--config', 'rolldown.config.js']);
  await run(binary('typescript', 'tsc'), ['--project', 'tsconfig.build.json']);
  await joinDeclarations(declared, join(dist, 'cjs'));
  // Under this package.json both the code and the declarations of dist/cjs are CommonJS.
  writeFileSync(join(dist, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
  for (const name of Object.keys(entries)) {
    writeFileSync(join(dist, 'esm', `${name}.d.ts`), `export * from '../cjs/${name}.js';\n`);
  }
});
