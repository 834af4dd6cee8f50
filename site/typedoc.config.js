// TypeDoc's options. Only with SITE_BASE do its pages find the rest of the site, since they lie in folders of folders.

const base = process.env.SITE_BASE ?? '/';

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'tfjs-backend-convnet',
  entryPoints: ['index', 'cpu', 'webgl', 'keras', 'layers', 'vision', 'training'].map((entry) => `../src/${entry}.ts`),
  tsconfig: 'tsconfig.json',
  out: '../.build/site/api',
  readme: 'none',
  navigationLinks: { Guides: `${base}index.html`, Demo: `${base}demo/index.html` },
  customCss: 'reference/style.css',
  customJs: 'reference/mend.js',
  disableSources: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeInternal: true,
  excludeExternals: true,
  hideGenerator: true,
  githubPages: false,
  // tsc checks the sources. Names in signatures that no entry exports are written without a link.
  skipErrorChecking: true,
  validation: { notExported: false, invalidLink: true, notDocumented: false },
};
