// What runs inside the page; main.ts asks for one group at a time through `globalThis.micro`.

import { draws } from './draws.js';
import { fetchRate } from './fetchRate.js';
import { createGl, type Gl } from './gl.js';
import { layouts } from './layouts.js';
import { link } from './link.js';
import { multiply } from './multiply.js';
import type { Table } from './table.js';
import { renderTargets } from './targets.js';
import { weights } from './weights.js';

const GROUPS: Readonly<Record<string, (gl: Gl) => Promise<Table[]>>> = {
  fetchRate,
  multiply,
  renderTargets,
  draws,
  weights,
  link,
  layouts,
};

export interface MicroPage {
  readonly groups: readonly string[];
  renderer(): string;
  /** Each in a context of its own, so that what a group leaves behind is gone. */
  run(group: string): Promise<Table[]>;
}

declare global {
  var micro: MicroPage;
}

globalThis.micro = {
  groups: Object.keys(GROUPS),
  renderer() {
    const gl = createGl();
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    return String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  },
  async run(group) {
    const gl = createGl();
    const tables = await GROUPS[group](gl);
    const error = gl.getError();
    if (error !== gl.NO_ERROR) throw new Error(`${group}: WebGL error ${error}`);
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return tables;
  },
};
