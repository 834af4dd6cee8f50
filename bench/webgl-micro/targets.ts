// Group 3: what render targets and draws cost. First the targets themselves, with a fragment that only writes and with one that
// has a loop like a convolution's; then a thousand tiny draws with what may change between two of them.

import { bindTextures, createTexture, declareTargets, type Gl, setInts, type Texture } from './gl.js';
import { type ScaledShader, scaledDraws } from './scaled.js';
import type { Table } from './table.js';
import { timeDraws } from './timing.js';

interface TargetCase {
  readonly targets: number;
  readonly store: 'array' | 'planes';
  /** Steps of the loop, each with a fetch and a multiply-add for each target. */
  readonly loop: number;
}

const SIZE = { width: 128, height: 64 };

export async function renderTargets(gl: Gl): Promise<Table[]> {
  const x = createTexture(gl, { ...SIZE, data: new Float32Array(SIZE.width * SIZE.height * 4).fill(1) });
  return [await compare(gl, x, 0), await compare(gl, x, 64)];
}

async function compare(gl: Gl, x: Texture, loop: number): Promise<Table> {
  const cases = (['array', 'planes'] as const).flatMap((store) =>
    [1, 2, 4, 8].map((targets): TargetCase => ({ targets, store, loop })),
  );
  const shaders = cases.map((one) => shader(gl, one, x));
  const { draws, fragments } = await scaledDraws(gl, shaders);
  const timings = await timeDraws(gl, draws);
  const rows = cases.map(({ targets, store }, i) => ({
    targets,
    store,
    ms: timings[i].ms,
    'ns per fragment': (timings[i].ms * 1e6) / fragments,
    'ns per written texel': (timings[i].ms * 1e6) / fragments / targets,
  }));
  return { title: `RGBA32F render targets, ${fragments} fragments, loop of ${loop} fetches`, rows };
}

function shader(gl: Gl, one: TargetCase, x: Texture): ScaledShader {
  return {
    source: source(one),
    targets: one.targets,
    store: one.store,
    expected: one.loop === 0 ? 1 : one.loop,
    set: (program) => {
      if (one.loop === 0) return;
      bindTextures(gl, program, { x });
      setInts(gl, program, { loop: one.loop });
    },
  };
}

function source({ targets, loop }: TargetCase): string {
  const each = (statement: (i: number) => string) => Array.from({ length: targets }, (_, i) => statement(i)).join(' ');
  if (loop === 0) return `${declareTargets(targets)}\nvoid main() { ${each((i) => `y${i} = vec4(${i + 1}.);`)} }`;
  return `uniform sampler2D x;
uniform int loop;
${declareTargets(targets)}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy) & 63;
  float step = 1. / ${SIZE.width}.;
  float c = (float(at.x) + .5) * step, r = (float(at.y) + .5) / ${SIZE.height}.;
  ${each((i) => `vec4 a${i} = vec4(0.);`)}
  for (int i = 0; i < loop; i++) {
    vec4 v = texture(x, vec2(c, r));
    ${each((i) => `a${i} += v * ${i + 1}.;`)}
    c += step;
  }
  ${each((i) => `y${i} = a${i};`)}
}`;
}
