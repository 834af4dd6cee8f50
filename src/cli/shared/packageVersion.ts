// The version of the package that the command belongs to.

import { readFileSync } from 'node:fs';

/** Of the package.json above this file, which lies at another depth in src/ and in dist/. */
export function packageVersion(): string {
  for (const up of ['../', '../../', '../../../', '../../../../']) {
    try {
      const found = JSON.parse(readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8'));
      if (found.name === 'tfjs-backend-convnet') return found.version;
    } catch {
      // none in this folder
    }
  }
  return 'unknown';
}
