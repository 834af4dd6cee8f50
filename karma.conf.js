// Browser tests, one suite per run, chosen by the environment variable TEST_SUITE: `mocha` (this project's own tests) or the
// name of a backend (TensorFlow.js's conformance suite against it). They run in headless Chromium on software WebGL, unless
// TEST_ANGLE names another back end of its WebGL (vulkan, gl, gl-egl, metal, d3d11), or in a window of Firefox (headless it has no
// WebGL) if TEST_BROWSER is `firefox`.
// `npm test -- --only=browser` does it all; by hand: node tools/bundle.mjs browser-tests && npx karma start

import { countingReporter } from './tools/karmaReporter.mjs';
import { findChromium, root } from './tools/setup.mjs';

const isFirefox = process.env.TEST_BROWSER === 'firefox';
if (!isFirefox) process.env.CHROME_BIN ??= findChromium(); // read by the launcher

const suite = process.env.TEST_SUITE ?? 'mocha';
const isMocha = suite === 'mocha';
const shard = process.env.TEST_SHARD ?? ''; // of shard.mjs; none: all tests
const bundle = isMocha ? 'browser-tests' : 'conformance-browser';

const CHROMIUM_FLAGS = [
  '--headless=new',
  '--no-sandbox', // Chromium refuses to run as root with it
  '--use-gl=angle',
  `--use-angle=${process.env.TEST_ANGLE ?? 'swiftshader'}`,
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-dev-shm-usage', // /dev/shm is 64 MB in a container
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // ANGLE compiles a program when it is linked and again when it first draws. Most of the tests' time goes into that: with
  // the first left out they need a sixth less of it.
  '--disable-angle-features=warmUpPipelineCacheAtLink,supportsGraphicsPipelineLibrary',
];

const FIREFOX_PREFS = { 'webgl.force-enabled': true }; // on a software renderer too

const ISOLATION = [
  { match: '.*', name: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { match: '.*', name: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
];

const TEN_MINUTES = 600_000; // the longest that one test may block the page on a software renderer

/** @param {{ set(options: object): void }} config */
export default (config) =>
  config.set({
    basePath: root,
    suiteName: suite,
    suiteLabel: shard ? `${suite} ${shard}` : suite,
    frameworks: [isMocha ? 'mocha' : 'jasmine'],
    plugins: ['karma-mocha', 'karma-jasmine', 'karma-chrome-launcher', 'karma-firefox-launcher', countingReporter],
    reporters: ['counting'],
    files: [
      { pattern: `.build/${bundle}/${bundle}.js`, type: 'module', watched: false },
      // served under /base/ for the tests to fetch
      ...[
        `.build/${bundle}/**/*`,
        'node_modules/@upscalerjs/esrgan-slim/models/**/*',
        'node_modules/nsfwjs/dist/models/**/*',
        'test/fixtures/**/*',
        'examples/photo/*',
      ].map((pattern) => ({ pattern, included: false, watched: false })),
    ],
    client: {
      args: [suite, ...(process.env.TEST_GREP ? ['--grep', process.env.TEST_GREP] : [])],
      clearContext: false,
      shard, // read by tools/takeShard.mjs
      captureConsole: isMocha, // the conformance suite provokes warnings by the hundred
      mocha: { timeout: TEN_MINUTES },
      jasmine: { random: false, timeoutInterval: TEN_MINUTES },
    },
    // Cross-origin isolated, so that the CPU engine may use threads; the conformance suite runs without.
    customHeaders: isMocha ? ISOLATION : [],
    customLaunchers: {
      chromium: { base: 'Chrome', flags: CHROMIUM_FLAGS },
      firefox: { base: 'Firefox', prefs: FIREFOX_PREFS },
    },
    browsers: [isFirefox ? 'firefox' : 'chromium'],
    failOnEmptyTestSuite: false, // a shard may be empty under --grep; tools/test.mjs sees to the rest
    singleRun: true,
    autoWatch: false,
    retryLimit: 0, // a browser that dies in the middle must not get a second try
    captureTimeout: TEN_MINUTES,
    browserNoActivityTimeout: TEN_MINUTES,
    browserDisconnectTimeout: 10_000, // a crashed page does not come back
    pingTimeout: TEN_MINUTES, // a page that blocks on the GPU answers no ping
    hostname: '127.0.0.1',
    listenAddress: '127.0.0.1',
    logLevel: 'ERROR',
  });
