// A device whose program gives wrong values: after each draw of the program one render target is filled with a number.

import type { TileProgram } from '../../../kernels/glsl/tiled/program.js';
import type { WebglBackend } from '../../../src/engines/webgl/backend.js';
import { SelfTest } from '../../../src/engines/webgl/selfTest.js';
import { surroundingsOf } from '../../../src/engines/webgl/testSurroundings.js';

export interface Spoiling {
  readonly key: string;
  /** The render target that is wrong. */
  readonly target: number;
  /** The first use that is wrong, from 1; draws of the self-test are no uses, but wrong from then on too. */
  readonly from: number;
}

/** Runs `work` on a device that spoils a program. The backend begins with a self-test that has seen nothing. */
export async function whileSpoilt<T>(
  backend: WebglBackend,
  { key, target, from }: Spoiling,
  work: () => Promise<T>,
): Promise<T> {
  const { drawer } = backend.tensors;
  const { draw } = drawer;
  let uses = 0;
  forgetTests(backend);
  drawer.draw = (task) => {
    draw.call(drawer, task);
    if (task.program.key !== key || drawer.recording) return;
    if (!backend.selfTest.isTesting) uses++;
    if (uses >= from || from === 1) backend.gl2.clearBufferfv(backend.gl2.COLOR, target, [0.37, -0.59, 1.3, 0.71]);
  };
  try {
    return await work();
  } finally {
    drawer.draw = draw;
    forgetTests(backend);
  }
}

/** Also forgets the matrices of weights, so that the programs that make them draw again. */
export function forgetTests(backend: WebglBackend): void {
  backend.selfTest.stop();
  backend.tensors.matrices.dispose();
  Object.assign(backend, { selfTest: new SelfTest(surroundingsOf(backend)) });
}

/** The programs that `work` draws with, by key. Results that a prediction learns from are learnt before. */
export async function programsOf(
  backend: WebglBackend,
  work: () => Promise<unknown>,
): Promise<ReadonlyMap<string, TileProgram>> {
  const { drawer } = backend.tensors;
  const { draw } = drawer;
  const programs = new Map<string, TileProgram>();
  forgetTests(backend);
  drawer.draw = (task) => {
    if (!backend.selfTest.isTesting) programs.set(task.program.key, task.program);
    draw.call(drawer, task);
  };
  try {
    await work();
    return programs;
  } finally {
    drawer.draw = draw;
  }
}
