// README.md as the package has it. A registry's page shows that text and none of the files beside it, so a relative link leads
// nowhere there:
//   - where package.json names the repository or a homepage, links lead there (to be set with the first public address);
//   - else a link to a document that ships says where it lies, and any other is plain text. A picture goes, and so does the
//     row of a table that begins with a document which does not ship.
// Links within the page and to other sites stay.

const LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;
const PICTURE = /^!\[[^\]]*\]\((?![a-z]+:)[^)\s]+\)\n\n?/gm;
const ROW = /^\| \[[^\]]*\]\((?![a-z]+:)([^)\s]+)\) \|.*\n/gm;
const ALWAYS = ['LICENSE', 'package.json']; // npm packs them whatever `files` says
const CODE = /^(```[\s\S]*?^```)/gm;

/**
 * @param {string} text
 * @param {{ name: string, files: readonly string[], homepage?: string, repository?: string | { url: string } }} manifest
 */
export function packReadme(text, { name, files, homepage, repository }) {
  const address = addressOf(repository) ?? homepage;
  const ships = (/** @type {string} */ target) => [...files, ...ALWAYS].includes(target.split('#')[0]);
  const prose = (/** @type {string} */ part) => {
    const kept = address ? part : part.replace(PICTURE, '').replace(ROW, (row, target) => (ships(target) ? row : ''));
    return kept.replace(LINK, (link, mark, label, target) => {
      if (/^([a-z]+:|#)/.test(target)) return link;
      if (address) return `${mark}[${label}](${address.replace(/\/$/, '')}/${target})`;
      if (!ships(target)) return label;
      const [path] = target.split('#');
      const place = `\`node_modules/${name}/${path}\``;
      return label === path ? place : `${label} (${place})`;
    });
  };
  // Every second part is a block of code.
  return text
    .split(CODE)
    .map((part, i) => (i % 2 === 1 ? part : prose(part)))
    .join('');
}

/** Where a repository shows its files. @param {string | { url: string } | undefined} repository */
function addressOf(repository) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const https = url?.replace(/^git\+/, '').replace(/\.git$/, '');
  return https && /^https:/.test(https) ? `${https}/blob/HEAD` : undefined;
}
