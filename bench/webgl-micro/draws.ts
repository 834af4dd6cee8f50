// Group 3, second part: the cost of a draw. A run is 1000 draws of 4 x 4 fragments; a row names what changes from one to the
// next. On a GPU it is the browser's work that is measured, on a software renderer also the renderer's own set-up.

import { threads } from './clock.js';
import { bindTextures, createProgram, createTarget, createTexture, declareTargets, type Gl } from './gl.js';
import type { Row, Table } from './table.js';
import { type Draw, timeDraws } from './timing.js';

const DRAWS = 1000;
const SIDE = 4;
const VECTORS = 8; // of the uniform array and of the block

/** Before draw i. */
type Change = (i: number) => void;

export async function draws(gl: Gl): Promise<Table[]> {
  const rows = [...(await compare(gl, 1)), ...(await compare(gl, 8))];
  return [{ title: `draws of ${SIDE}x${SIDE} fragments, by what changes between them`, rows }];
}

async function compare(gl: Gl, targets: number): Promise<Row[]> {
  const changes = changesOf(gl, targets);
  const runs = changes.map(([, change]) => thousandDraws(gl, change));
  const timings = await timeDraws(gl, runs);
  // so small a draw is the work of one thread
  return changes.map(([change], i) => ({ targets, change, 'us per draw': (timings[i].ms * threads() * 1e3) / DRAWS }));
}

function thousandDraws(gl: Gl, change: Change): Draw {
  return () => {
    gl.viewport(0, 0, SIDE, SIDE);
    change(0);
    for (let i = 0; i < DRAWS; i++) {
      change(i);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  };
}

function changesOf(gl: Gl, targets: number): readonly (readonly [string, Change])[] {
  const layers = targets;
  const framebuffers = [0, 1].map(() => createTarget(gl, [createTexture(gl, { width: SIDE, height: SIDE, layers })]));
  const inputs = [0, 1].map(() => createTexture(gl, { width: SIDE, height: SIDE, layers }));
  const [ints, otherInts, block] = [
    source('ints', targets, 1),
    source('ints', targets, 2),
    source('block', targets, 1),
  ];
  const programs = [ints, otherInts].map((text) => createProgram(gl, text));
  const blockProgram = createProgram(gl, block);
  const [place] = programs.map((program) => gl.getUniformLocation(program, 'ints'));
  const values = [0, 1].map((seed) => new Int32Array(VECTORS * 4).fill(seed));
  const buffers = values.map((data) => createBuffer(gl, data));
  const one = createBuffer(gl, values[0]);

  const begin = (program: WebGLProgram) => {
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffers[0]);
    gl.useProgram(program);
    bindTextures(gl, program, { x: inputs[0] });
  };
  /** The first draw starts from a known state. */
  const from = (program: WebGLProgram, change: Change): Change => {
    return (i) => {
      if (i === 0) begin(program);
      change(i);
    };
  };
  const target: Change = (i) => gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffers[i & 1]);
  const input: Change = (i) => gl.bindTexture(gl.TEXTURE_2D_ARRAY, inputs[i & 1].handle);
  const program: Change = (i) => gl.useProgram(programs[i & 1]);
  const uniforms: Change = (i) => gl.uniform4iv(place, values[i & 1]);
  return [
    ['nothing', from(programs[0], () => {})],
    ['framebuffer', from(programs[0], target)],
    ['input texture', from(programs[0], input)],
    ['program', from(programs[0], program)],
    [`uniform4iv of ${VECTORS}`, from(programs[0], uniforms)],
    [`${VECTORS} times uniform4iv of 1`, from(programs[0], eachAlone(gl, programs[0], values))],
    ['bound uniform buffer', from(blockProgram, (i) => gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, buffers[i & 1]))],
    ['content of the uniform buffer', from(blockProgram, (i) => updateBuffer(gl, one, values[i & 1]))],
    ['framebuffer, input, uniform4iv', from(programs[0], all(target, input, uniforms))],
    [
      'framebuffer, input, program, uniform4iv',
      from(programs[0], allWithPrograms(gl, programs, [target, input], values)),
    ],
  ];
}

function all(...changes: Change[]): Change {
  return (i) => {
    for (const change of changes) change(i);
  };
}

function allWithPrograms(
  gl: Gl,
  programs: readonly WebGLProgram[],
  others: readonly Change[],
  values: readonly Int32Array[],
): Change {
  const places = programs.map((program) => gl.getUniformLocation(program, 'ints'));
  return (i) => {
    for (const change of others) change(i);
    gl.useProgram(programs[i & 1]);
    gl.uniform4iv(places[i & 1], values[(i >> 1) & 1]);
  };
}

function eachAlone(gl: Gl, program: WebGLProgram, values: readonly Int32Array[]): Change {
  const places = Array.from({ length: VECTORS }, (_, k) => gl.getUniformLocation(program, `ints[${k}]`));
  return (i) => {
    for (const [k, place] of places.entries()) gl.uniform4iv(place, values[i & 1], k * 4, 4);
  };
}

function createBuffer(gl: Gl, data: Int32Array): WebGLBuffer {
  const buffer = gl.createBuffer();
  gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, buffer);
  gl.bufferData(gl.UNIFORM_BUFFER, data, gl.DYNAMIC_DRAW);
  return buffer;
}

function updateBuffer(gl: Gl, buffer: WebGLBuffer, data: Int32Array): void {
  gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, buffer);
  gl.bufferSubData(gl.UNIFORM_BUFFER, 0, data);
}

/** @param variant makes another program of it. */
function source(uniforms: 'ints' | 'block', targets: number, variant: number): string {
  const declaration = `ivec4 ints[${VECTORS}];`;
  const sum = Array.from({ length: VECTORS }, (_, i) => `ints[${i}]`).join(' + ');
  return `uniform sampler2DArray x;
${uniforms === 'ints' ? `uniform ${declaration}` : `layout(std140) uniform Block { ${declaration} };`}
${declareTargets(targets)}
void main() {
  vec4 v = texture(x, vec3(.5)) + vec4(${sum});
  ${Array.from({ length: targets }, (_, i) => `y${i} = v * ${i + variant}.;`).join(' ')}
}`;
}
