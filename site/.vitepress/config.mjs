// The site's generator. Pages are written to site/.pages by build.mjs before this runs.

import { defineConfig } from 'vitepress';
import { DEMO_PAGES, GROUPS } from '../pages.mjs';
import { allPages, anchorOf } from '../writePages.mjs';

const base = process.env.SITE_BASE ?? '/';
const there = new Set(allPages().map(({ source }) => source));

/** The demo and the reference are built by other programs: links to them leave the router. VitePress adds the base. */
const outside = (path) => ({ link: `/${path}`, target: '_self', rel: '' });

export default defineConfig({
  base,
  title: 'tfjs-backend-convnet',
  description: 'Convolutional networks and Keras files on TensorFlow.js, on WebGL2 and on the CPU',
  lang: 'en',
  srcDir: '.pages',
  outDir: '../.build/site',
  cacheDir: '../.build/site-cache',
  cleanUrls: false,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchorOf },
    toc: { slugify: anchorOf },
    headers: { slugify: anchorOf },
    config: (markdown) => {
      // Wide tables scroll, and the keyboard must reach what scrolls.
      markdown.renderer.rules.table_open = () => '<table tabindex="0">';
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Demo', ...outside('demo/index.html') },
      { text: 'API', ...outside('api/index.html') },
    ],
    sidebar: [
      ...GROUPS.map(({ text, pages }) => ({
        text,
        items: pages
          .filter(({ source }) => there.has(source))
          .map(({ path, title }) => ({ text: title, link: path === 'index' ? '/' : `/${path}` })),
      })),
      {
        text: 'Demo',
        items: DEMO_PAGES.map(({ file, title }) => ({ text: title, ...outside(`demo/${file}`) })),
      },
      { text: 'API', items: [{ text: 'Every exported name', ...outside('api/index.html') }] },
    ],
  },
});
