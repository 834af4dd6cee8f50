// What render targets cost: with a fragment that only writes, and with one that has a loop like a convolution's.

import { runShaders, type Table } from './experiment.js';
import { bindTextures, createTexture, type Gl, setInts } from './gl.js';
import { declareTargets, each, zeros } from './glsl.js';

const SIZE = { width: 128, height: 64 };

export const renderTargets = async (gl: Gl): Promise<Table[]> => [await compare(gl, 0), await compare(gl, 64)];

/** @param loop Steps of the loop, each with a fetch and a multiply-add for each target. */
function compare(gl: Gl, loop: number): Promise<Table> {
  const x = createTexture(gl, { ...SIZE, data: 1 });
  return runShaders(gl, {
    cases: (['array', 'planes'] as const).flatMap((store) => [1, 2, 4, 8].map((targets) => ({ targets, store }))),
    title: (fragments) => `RGBA32F render targets, ${fragments} fragments, loop of ${loop} fetches`,
    targets: ({ targets }) => targets,
    hasPlanes: ({ store }) => store === 'planes',
    source: ({ targets }) => (loop === 0 ? plainSource(targets) : loopSource(targets)),
    set(program) {
      bindTextures(gl, program, { x });
      setInts(gl, program, { loop });
    },
    expected: () => loop || 1,
    row(one, { ms }, fragments) {
      const ns = (ms * 1e6) / fragments;
      return { ...one, ms, 'ns per fragment': ns, 'ns per written texel': ns / one.targets };
    },
  });
}

function plainSource(targets: number): string {
  return `${declareTargets(targets)}\nvoid main() { ${each(targets, (i) => `y${i} = vec4(${i + 1}.);`)} }`;
}

function loopSource(targets: number): string {
  return `uniform sampler2D x;
uniform int loop;
${declareTargets(targets)}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy) & 63;
  float step = 1. / ${SIZE.width}.;
  float c = (float(at.x) + .5) * step, r = (float(at.y) + .5) / ${SIZE.height}.;
  ${zeros('a', targets)}
  for (int i = 0; i < loop; i++) {
    vec4 v = texture(x, vec2(c, r));
    ${each(targets, (i) => `a${i} += v * ${i + 1}.;`)}
    c += step;
  }
  ${each(targets, (i) => `y${i} = a${i};`)}
}`;
}
