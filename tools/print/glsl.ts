// The GLSL programs for `npm run print`.

import type { PrintTable } from './table.js';

export const glsl: PrintTable = {};
