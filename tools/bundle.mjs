// Bundles tests into .build/, from TypeScript source, so that TensorFlow.js core is one module instance in each bundle.
//   node tools/bundle.mjs <name> ...   with the names of the table below

import { join } from 'node:path';
import { build } from 'rolldown';
import { testFiles } from './order.mjs';
import { root } from './setup.mjs';

const ENTRY = 'virtual:browser-tests';
const SUITES_OF = 'virtual:suites-of/';

/** The browser's mocha tests as one module: whatever is neither a Node nor an end-to-end test. */
function browserTests() {
  const tests = testFiles((file) => !/\.(node|e2e)\.test\.ts$/.test(file));
  const modules = tests.flatMap((file) => [join(root, file), `${SUITES_OF}${file}`]);
  const first = ['test/support/chaiConfig.mjs', 'test/support/seededChance.mjs'];
  const all = [...first.map((file) => join(root, file)), ...modules, join(root, 'tools/takeShard.mjs')];
  return all.map((name) => `import ${JSON.stringify(name)};`).join('\n');
}

/** Follows each test file, and tells its suites and tests where they are from: takeShard.mjs asks. @param {string} file */
function noteFile(file) {
  const outermost = '[...globalThis.mocha.suite.suites, ...globalThis.mocha.suite.tests]';
  return `for (const one of ${outermost}) one.file ??= ${JSON.stringify(file)};`;
}

const virtualEntry = {
  name: 'browser-tests',
  /** @param {string} id */
  resolveId: (id) => (id === ENTRY || id.startsWith(SUITES_OF) ? id : null),
  /** @param {string} id */
  load(id) {
    if (id.startsWith(SUITES_OF)) return noteFile(id.slice(SUITES_OF.length));
    return id === ENTRY ? browserTests() : null;
  },
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
  const { output } = await build({
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
  if (options.platform === 'browser') refuseImports(output);
}

/**
 * A page cannot resolve the name of a module, and would say no more than that the file was not loaded.
 * @param {readonly (import('rolldown').OutputChunk | import('rolldown').OutputAsset)[]} output
 */
function refuseImports(output) {
  const names = output.flatMap((part) => (part.type === 'chunk' ? part.imports : []));
  if (names.length === 0) return;
  throw new Error(
    `bundle: what runs in a browser must import no module of Node; rename the test to *.node.test.ts; received ${names}`,
  );
}

for (const name of process.argv.slice(2)) await bundle(name);
