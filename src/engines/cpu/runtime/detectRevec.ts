// Decides whether V8 revectorizes: whether it combines two vectors into one of 256 bits (flag CONVNET_REVEC). V8 has to be
// a version that is tested for it, its results have to be those of plain code, and it has to be faster.
// docs/decisions/revectorization.md has the reasons.

import { revecTile, tileCandidates, timeProduct } from '../../../../kernels/wasm/conv/tiles.js';
import type { Features } from '../../../../kernels/wasm/emit/index.js';
import type { FlagValue } from '../../../core/flags.js';
import { revecV8 } from '../../../core/platform.js';
import { keepsRevectorizing, optimizesAtOnce } from './compile.js';
import { WasmDevice } from './device.js';

/** V8 of Node 24 and 26: docs/decisions/revectorization.md says which tests have passed with vectors of 256 bits. */
const testedV8 = ['13.6', '14.6'];
/**
 * The gain over the best tile for vectors of 128 bits is 1.75 (AMD EPYC), and 1.26 if the command line lets V8 combine in
 * both. Where V8 has combined none it is 0.7.
 */
const gain = 1.1;
/** Many, since other processes may disturb some. */
const runs = 15;

/** Says why the vectors stay at 128 bits; '' where V8 combines them. */
export function whyNoRevec(features: Features, choice: FlagValue<'CONVNET_REVEC'>): string {
  const v8 = revecV8();
  if (choice === 'off') return 'CONVNET_REVEC is off';
  if (!v8) return 'only Node 24 on x64 can';
  if (choice === 'auto' && !testedV8.includes(v8)) return `not tested with V8 ${v8}`;
  if (choice === 'auto' && !keepsRevectorizing()) return 'no backend in the main thread yet';
  return optimizesAtOnce() && isRightAndFaster(features) ? '' : 'no gain here';
}

function isRightAndFaster(features: Features): boolean {
  const [plain, wide] = [false, true].map((revec) => new WasmDevice({ ...features, revec }, { threads: 1 }));
  try {
    // Sums have the same order in every tile.
    const expected = timeProduct(plain, tileCandidates[Number(features.fma)], runs);
    const { y, ms } = timeProduct(wide, revecTile(features), runs);
    return ms * gain < expected.ms && y.every((value, i) => Object.is(value, expected.y[i]));
  } catch {
    return false;
  } finally {
    plain.close();
    wide.close();
  }
}
