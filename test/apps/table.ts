// The apps of `npm run check:apps`: a folder here each, which looks as the folder of such an app looks anywhere. Every one
// loads the same Keras file and predicts the same picture; `shared` has what they share and what Keras predicts.

export interface App {
  /** The folder beside this file. Its package.json pins the versions. */
  readonly name: string;
  /** What the document says of it. */
  readonly title: string;
  /** The packages of its package.json whose versions the document shows. Default: those of `devDependencies`. */
  readonly tools?: readonly string[];
  /** Puts the packages there. Default: `npm install`. */
  readonly install?: string;
  readonly build?: string;
  /** A command that predicts. */
  readonly run?: string;
  /** The folder with the index.html that predicts. */
  readonly page?: string;
  /** A command that serves the page that predicts, at 127.0.0.1 and the port `PORT`. */
  readonly serve?: string;
  /** The files of `shared` that it needs in folders of its own. Default: all of `shared` beside its package.json. */
  readonly moves?: Readonly<Record<string, string>>;
  /** Predictions that it must report, by their names. */
  readonly predictions: readonly string[];
}

const NPM = 'npm install --no-audit --no-fund --loglevel=error';
const YARN = 'npx --yes --package=@yarnpkg/cli-dist@VERSION yarn';
const PAGE = ['cpu', 'webgl'];

export const defaultInstall = NPM;

/** `VERSION` stands for that of `packageManager` in the app's package.json. */
export const apps: readonly App[] = [
  {
    name: 'vite',
    title: 'Vite: a page and a module worker',
    build: 'vite build',
    page: 'dist',
    predictions: [...PAGE, 'worker'],
  },
  {
    name: 'webpack',
    title: 'webpack: a page and a worker',
    build: 'webpack',
    page: '.',
    predictions: [...PAGE, 'worker'],
  },
  {
    name: 'parcel',
    title: 'Parcel: a page and a module worker',
    build: 'parcel build index.html --public-url ./ --no-source-maps --no-cache',
    page: 'dist',
    predictions: [...PAGE, 'worker'],
  },
  {
    name: 'esbuild',
    title: 'esbuild: a page',
    build: 'esbuild main.js --bundle --minify --splitting --format=esm --outdir=dist',
    page: '.',
    predictions: PAGE,
  },
  { name: 'rollup', title: 'Rollup: a page', build: 'rollup --config', page: '.', predictions: PAGE },
  {
    name: 'next',
    title: 'Next.js: a page and its server',
    tools: ['next', 'react'],
    moves: { 'small.keras': 'public/small.keras' },
    build: 'next build',
    serve: 'next start --hostname 127.0.0.1 --port $PORT',
    predictions: ['server', ...PAGE],
  },
  { name: 'script-tag', title: 'a script tag: a page', page: '.', predictions: PAGE },
  { name: 'import-map', title: 'an import map: a page of ES modules', page: '.', predictions: PAGE },
  { name: 'node-esm', title: 'Node: an ES module', run: 'node main.js', predictions: ['node'] },
  { name: 'node-cjs', title: 'Node: CommonJS', run: 'node main.js', predictions: ['node'] },
  {
    name: 'typescript',
    title: 'TypeScript, `strict`, in four module resolutions',
    tools: ['typescript', 'typescript-5.9', 'typescript-5.4'],
    build: 'node build.js',
    run: 'node run.js',
    predictions: ['bundler', 'nodenext', 'node16', 'node16 5.4', 'node10'],
  },
  { name: 'jest', title: 'Jest: in Node and in jsdom', run: 'jest --ci', predictions: ['node', 'jsdom'] },
  { name: 'vitest', title: 'Vitest: in Node and in jsdom', run: 'vitest run', predictions: ['node', 'jsdom'] },
  {
    name: 'yarn-pnp',
    title: "Yarn Plug'n'Play: an ES module in Node",
    install: `${YARN} install --no-immutable`,
    run: `${YARN} node main.js`,
    predictions: ['node'],
  },
  {
    name: 'pnpm',
    title: 'pnpm: an ES module in Node',
    install: 'npx --yes pnpm@VERSION install --no-frozen-lockfile',
    run: 'node main.js',
    predictions: ['node'],
  },
  {
    name: 'deno',
    title: 'Deno: an ES module',
    run: 'deno run --allow-read --allow-env --allow-sys --node-modules-dir=manual main.js',
    predictions: ['node'],
  },
  {
    name: 'bun',
    title: 'Bun: an ES module',
    run: 'bun run main.js',
    predictions: ['node'],
  },
];
