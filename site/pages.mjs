// The pages of the site: each is a document of the repository, so that a fact stands in one place. README.md gives two
// pages: its first part is the start page, the rest is the manual.

/**
 * @typedef {object} Page
 * @property {string} source the document
 * @property {string} path the page, without an ending
 * @property {string} title in the list of pages
 */

/** @type {readonly { readonly text: string, readonly pages: readonly Page[] }[]} */
export const GROUPS = [
  {
    text: 'Start',
    pages: [
      page('README.md', 'index', 'What it is'),
      page('docs/installing.md', 'guides/installing', 'Install'),
      page('docs/keras.md', 'guides/keras', 'Load a Keras model'),
      page('docs/backend.md', 'guides/backend', 'Use it as a backend'),
    ],
  },
  {
    text: 'Guides',
    pages: [
      page('docs/pictures.md', 'guides/pictures', 'Pictures'),
      page('docs/training.md', 'guides/training', 'Train'),
      page('docs/workers.md', 'guides/workers', 'Workers'),
      page('docs/servers.md', 'guides/servers', 'Node servers'),
      page('docs/capture.md', 'guides/capture', 'Captured models'),
      page('docs/migration.md', 'guides/migration', 'Come from another runtime'),
      page('docs/csp.md', 'guides/csp', 'Content security policy'),
      page('docs/debugging.md', 'guides/debugging', 'Debug'),
    ],
  },
  {
    text: 'Reference',
    pages: [
      page('README.md', 'manual', 'Engines, flags, limits'),
      page('docs/compatibility.md', 'compatibility', 'Compatibility'),
      page('bench/README.md', 'benchmarks', 'Benchmarks'),
      page('SECURITY.md', 'security', 'Security'),
      page('CHANGELOG.md', 'changelog', 'Changes'),
    ],
  },
  {
    text: 'Inside',
    pages: [
      page('docs/architecture.md', 'inside/architecture', 'Architecture'),
      page('kernels/README.md', 'inside/kernels', 'Kernels'),
      page('kernels/glsl/README.md', 'inside/shaders', 'Shaders'),
      page('docs/decisions/README.md', 'inside/decisions', 'Decisions'),
      page('CONTRIBUTING.md', 'inside/contributing', 'Contribute'),
    ],
  },
];

/** The pages of the demo, in the folder `demo` of the site. */
export const DEMO_PAGES = [
  { file: 'index.html', title: 'Upscale a picture' },
  { file: 'keras.html', title: 'Open a Keras file' },
  { file: 'tune.html', title: 'Train on your pictures' },
  { file: 'bench.html', title: 'Benchmark' },
  { file: 'selftest.html', title: 'Self-test' },
];

/** The heading of README.md with which the manual begins. */
export const MANUAL_BEGINS = '## Grouped convolutions';

/** @param {string} source @param {string} path @param {string} title @returns {Page} */
function page(source, path, title) {
  return { source, path, title };
}
