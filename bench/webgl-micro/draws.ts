// The cost of a draw. A run is 1000 draws of 4 x 4 fragments; a row names what changes from one to the next. On a GPU
// it is the browser's work that is measured, on a software renderer also the renderer's own set-up.

import { type Draw, type Table, threads, timeDraws } from './experiment.js';
import { bindTextures, createProgram, createTarget, createTexture, type Gl } from './gl.js';
import { declareTargets, each } from './glsl.js';

const DRAWS = 1000;
const SIDE = 4;
const VECTORS = 8; // of the uniform array and of the uniform block

export async function draws(gl: Gl): Promise<Table> {
  const cases = [...casesOf(gl, 1), ...casesOf(gl, 8)];
  const timings = await timeDraws(gl, cases);
  const rows = cases.map(({ targets, change }, i) => {
    return { targets, change, 'us per draw': (timings[i].ms * threads() * 1e3) / DRAWS }; // the work of one thread
  });
  return { title: `draws of ${SIDE}x${SIDE} fragments, by what changes between them`, rows };
}

function casesOf(gl: Gl, targets: number) {
  const texture = () => createTexture(gl, { width: SIDE, height: SIDE, layers: targets });
  const framebuffers = [0, 1].map(() => createTarget(gl, [texture()]));
  const inputs = [0, 1].map(texture);
  const programs = [1, 2].map((variant) => createProgram(gl, sourceOf('uniform', targets, variant)));
  const locations = programs.map((program) => gl.getUniformLocation(program, 'ints'));
  const vectors = Array.from({ length: VECTORS }, (_, k) => gl.getUniformLocation(programs[0], `ints[${k}]`));
  const ofBlock = createProgram(gl, sourceOf('block', targets, 1));
  const values = [0, 1].map((seed) => new Int32Array(VECTORS * 4).fill(seed));
  const [one, ...buffers] = [values[0], ...values].map((data) => {
    const buffer = gl.createBuffer();
    gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, buffer);
    gl.bufferData(gl.UNIFORM_BUFFER, data, gl.DYNAMIC_DRAW);
    return buffer;
  });

  type Change = (i: number) => void;
  const target: Change = (i) => gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffers[i & 1]);
  const input: Change = (i) => gl.bindTexture(gl.TEXTURE_2D_ARRAY, inputs[i & 1].handle);
  const program: Change = (i) => gl.useProgram(programs[i & 1]);
  const uniforms: Change = (i) => gl.uniform4iv(locations[0], values[i & 1]);
  const uniformsOfBoth: Change = (i) => gl.uniform4iv(locations[i & 1], values[(i >> 1) & 1]);
  const eachUniform: Change = (i) => {
    for (const [k, location] of vectors.entries()) gl.uniform4iv(location, values[i & 1], k * 4, 4);
  };
  const buffer: Change = (i) => gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, buffers[i & 1]);
  const content: Change = (i) => {
    gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, one);
    gl.bufferSubData(gl.UNIFORM_BUFFER, 0, values[i & 1]);
  };
  const caseOf = (change: string, changes: readonly Change[], first = programs[0]) => {
    const draw: Draw = () => {
      gl.viewport(0, 0, SIDE, SIDE);
      gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffers[0]);
      gl.useProgram(first);
      bindTextures(gl, first, { x: inputs[0] });
      for (let i = 0; i < DRAWS; i++) {
        for (const act of changes) act(i);
        gl.drawArrays(gl.TRIANGLES, 0, 3);
      }
    };
    return { targets, change, draw };
  };
  return [
    caseOf('nothing', []),
    caseOf('framebuffer', [target]),
    caseOf('input texture', [input]),
    caseOf('program', [program]),
    caseOf(`uniform4iv of ${VECTORS}`, [uniforms]),
    caseOf(`${VECTORS} times uniform4iv of 1`, [eachUniform]),
    caseOf('bound uniform buffer', [buffer], ofBlock),
    caseOf('content of the uniform buffer', [content], ofBlock),
    caseOf('framebuffer, input, uniform4iv', [target, input, uniforms]),
    caseOf('framebuffer, input, program, uniform4iv', [target, input, program, uniformsOfBoth]),
  ];
}

/** @param variant Makes another program of it. */
function sourceOf(store: 'uniform' | 'block', targets: number, variant: number): string {
  const ints = `ivec4 ints[${VECTORS}];`;
  return `uniform sampler2DArray x;
${store === 'uniform' ? `uniform ${ints}` : `layout(std140) uniform Block { ${ints} };`}
${declareTargets(targets)}
void main() {
  vec4 v = texture(x, vec3(.5)) + vec4(${each(VECTORS, (i) => `ints[${i}]`, ' + ')});
  ${each(targets, (i) => `y${i} = v * ${i + variant}.;`)}
}`;
}
