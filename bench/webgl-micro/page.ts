// What runs inside the page; main.ts asks for one group at a time through `globalThis.micro`.

import { draws } from './draws.js';
import type { Table } from './experiment.js';
import { fetchRate } from './fetchRate.js';
import { createGl, type Gl } from './gl.js';
import { layouts } from './layouts.js';
import { link } from './link.js';
import { multiply } from './multiply.js';
import { pointwise } from './pointwise.js';
import { renderTargets } from './renderTargets.js';
import { weights } from './weights.js';

type Group = (gl: Gl) => Promise<Table | Table[]>;
const groups: Readonly<Record<string, Group>> = {
  fetchRate,
  multiply,
  renderTargets,
  draws,
  weights,
  link,
  pointwise,
  layouts,
};

const page = {
  groups: Object.keys(groups),
  renderer(): string {
    const gl = createGl();
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    return String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  },
  /** Each in a context of its own, so that what a group leaves behind is gone. */
  async run(group: string): Promise<Table[]> {
    const gl = createGl();
    const tables = [await groups[group](gl)].flat();
    const error = gl.getError();
    if (error !== gl.NO_ERROR) throw new Error(`${group}: WebGL error ${error}`);
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return tables;
  },
};

declare global {
  var micro: typeof page;
}
globalThis.micro = page;
