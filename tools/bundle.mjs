// Bundles tests into .build/, from TypeScript source, so that TensorFlow.js core is one module instance in each bundle.
//   node tools/bundle.mjs <name> ...   with the names of the table below

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { root } from './setup.mjs';

const ENTRY = 'virtual:browser-tests';

/** The browser's mocha tests as one module: whatever is neither a Node nor an end-to-end test. */
function browserTests() {
  const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !/\.(node|e2e)\.test\.ts$/.test(file))
    .sort()
    .map((file) => join('test', file));
  return [...tests, 'tools/takeShard.mjs'].map((file) => `import ${JSON.stringify(join(root, file))};`).join('\n');
}

const virtualEntry = {
  name: 'browser-tests',
  /** @param {string} id */
  resolveId: (id) => (id === ENTRY ? id : null),
  /** @param {string} id */
  load: (id) => (id === ENTRY ? browserTests() : null),
};

// The suite makes a jasmine of its own to set the default time-out; it is to set the one of the jasmine that runs it.
const JASMINE = 'jasmine-core/lib/jasmine-core/jasmine.js';
const runningJasmine = {
  name: 'running-jasmine',
  /** @param {string} id */
  resolveId: (id) => (id === JASMINE ? `virtual:${JASMINE}` : null),
  /** @param {string} id */
  load: (id) => (id === `virtual:${JASMINE}` ? 'module.exports = { core: () => globalThis.jasmine };' : null),
};

/** @type {Record<string, import('rolldown').InputOptions>} */
const BUNDLES = {
  'browser-tests': { input: { 'browser-tests': ENTRY }, platform: 'browser', plugins: [virtualEntry] },
  'conformance-browser': conformance('browser'),
  'conformance-node': conformance('node'),
};

/** @param {'browser' | 'node'} platform @returns {import('rolldown').InputOptions} */
function conformance(platform) {
  return {
    input: { [`conformance-${platform}`]: join(root, 'test/conformance/suite.ts') },
    platform,
    plugins: [runningJasmine],
    // core's package.json calls its test files free of side effects, which would drop them all
    treeshake: false,
  };
}

/** @param {string} name */
export async function bundle(name) {
  const options = BUNDLES[name];
  if (!options) throw new Error(`bundle: unknown name; received ${name}, known are ${Object.keys(BUNDLES).join(', ')}`);
  const dir = join(root, '.build', name);
  await build({
    cwd: root,
    ...options,
    resolve: {
      extensionAlias: { '.js': ['.ts', '.js'] },
      // `module` also in Node, where rolldown would take the CommonJS builds and load core twice
      mainFields: options.platform === 'node' ? ['module', 'main'] : ['browser', 'module', 'main'],
    },
    logLevel: 'warn',
    checks: { ineffectiveDynamicImport: false }, // a lazy import of src/ may be an eager one of a test
    output: {
      dir,
      cleanDir: true,
      format: 'esm',
      sourcemap: true,
      // One file, since Karma serves it under an address with a query: a part that comes on demand would import it without
      // the query, and so a second instance of every module.
      codeSplitting: false,
    },
  });
}

for (const name of process.argv.slice(2)) await bundle(name);
