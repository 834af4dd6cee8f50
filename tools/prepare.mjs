// npm runs this after it has installed a checkout, also one that an app depends on by its git address: dist/ must be there.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './command.mjs';
import { root } from './setup.mjs';

if (!existsSync(join(root, 'dist'))) process.exitCode = await runNode(join(root, 'tools/build.mjs'), []);
