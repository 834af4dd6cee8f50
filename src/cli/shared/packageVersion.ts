// The version of this package, which the command prints.

import { readFileSync } from 'node:fs';

/** The version in the package.json above this file. The depth differs between src/ and dist/. */
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
