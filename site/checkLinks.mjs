// Every link, picture, script and style of every page that stays in the site leads to a file of it, and to an element
// with that id.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** @param {string} site @returns {string[]} faults */
export function checkLinks(site) {
  const names = readdirSync(site, { recursive: true }).map((name) => String(name).split(sep).join('/'));
  const pages = names.filter((name) => name.endsWith('.html'));
  const ids = new Map(pages.map((page) => [page, idsOf(readFileSync(join(site, page), 'utf8'))]));
  const base = baseOf(readFileSync(join(site, 'index.html'), 'utf8'));
  const faults = pages.flatMap((page) => {
    const targets = targetsOf(readFileSync(join(site, page), 'utf8'));
    return targets.filter((target) => !leadsSomewhere(target, page)).map((target) => `${page}: no ${target}`);
  });
  const links = pages.reduce((sum, page) => sum + targetsOf(readFileSync(join(site, page), 'utf8')).length, 0);
  if (pages.length < 100 || links < 1000) faults.push(`only ${pages.length} pages and ${links} links were found`);
  console.log(`links: ${pages.length} pages, ${links} links`);
  return faults;

  /** @param {string} target @param {string} page */
  function leadsSomewhere(target, page) {
    const [path, id] = target.split('#').map(decodeURIComponent);
    const file = path === '' ? page : fileOf(path.split('?')[0], page);
    if (file === null) return false;
    const found = ids.get(file);
    return !id || found === undefined || found.has(id);
  }

  /** @param {string} path @param {string} page */
  function fileOf(path, page) {
    const absolute = path.startsWith('/');
    if (absolute && !path.startsWith(base)) return null;
    const file = absolute ? path.slice(base.length) : posix.join(posix.dirname(page), path);
    const full = join(site, file);
    if (existsSync(full) && statSync(full).isDirectory())
      return existsSync(join(full, 'index.html')) ? posix.join(file, 'index.html') : null;
    return existsSync(full) ? file : null;
  }
}

/** The folder that the site was built for, from its own script. @param {string} html */
function baseOf(html) {
  return /src="([^"]*\/)assets\/app\.[^"]*"/.exec(html)?.[1] ?? '/';
}

/** @param {string} html */
function targetsOf(html) {
  const tags = html.replace(/<script\b[^>]*>[\s\S]*?<\/script>|<code\b[\s\S]*?<\/code>/g, (part) => part.split('>')[0]);
  const found = [...tags.matchAll(/<[^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, target]) =>
    target.replaceAll('&amp;', '&'),
  );
  return found.filter((target) => !/^([a-z]+:|\/\/)/i.test(target));
}

/** @param {string} html */
function idsOf(html) {
  return new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
}
