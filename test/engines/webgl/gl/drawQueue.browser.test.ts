// Draws that wait for their programs: the page does not wait, the order is kept whoever uses the context meanwhile, and a
// program that the driver refuses later makes nothing wrong.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import { DrawQueue } from '../../../../src/engines/webgl/gl/drawQueue.js';
import { Programs } from '../../../../src/engines/webgl/gl/programs.js';
import { registerConvnet } from '../../../../src/index.js';
import { captureWarnings } from '../../../support/warnings.js';
import { expectSame, valuesIn, webgl } from '../../../support/webgl/opTable/operands.js';
import { removeWithContext } from '../../../support/webgl/ownContexts.js';
import { spoilShaders } from '../../../support/webgl/spoil.js';

const shape: [number, number, number, number] = [1, 13, 11, 5];
const values = valuesIn(shape, 1);
const filter = valuesIn([3, 3, 5, 6], 2);

/** Programs of ours alone. */
function network(): tf.Tensor {
  const x = tf.tensor4d(values, shape);
  const y = tf.relu(tf.conv2d(x, tf.tensor4d(filter, [3, 3, 5, 6]), 1, 'same'));
  const z = tf.depthwiseConv2d(y as tf.Tensor4D, tf.ones([3, 3, 6, 1]), 1, 'same');
  return tf.avgPool(tf.add(y, z) as tf.Tensor4D, 5, 5, 'valid');
}

describe('WebGL2 draws that wait for their programs', () => {
  const expected: Float32Array[] = [];
  let count = 0;
  let name: string;

  before(async () => {
    await tf.setBackend('cpu');
    expected.push(tf.tidy(() => network().dataSync().slice()) as Float32Array);
  });

  // Programs are kept by context, so each case needs a new one.
  beforeEach(async () => {
    name = `convnet-queue-${count++}`;
    registerConvnet(name, { canvas: new OffscreenCanvas(1, 1) });
    expect(await tf.setBackend(name)).to.equal(true);
  });

  afterEach(async () => {
    await tf.setBackend('cpu');
    removeWithContext(name);
  });

  const queue = () => DrawQueue.of(webgl().gl2);

  /** Calls of a function of the context, by what it was asked. */
  function countCalls(method: 'getProgramParameter' | 'drawArrays', isCounted: (args: unknown[]) => boolean) {
    const own = webgl().gl2 as unknown as Record<string, (...args: unknown[]) => unknown>;
    const original = own[method].bind(own);
    const calls = { count: 0 };
    own[method] = (...args) => {
      if (isCounted(args)) calls.count++;
      return original(...args);
    };
    return calls;
  }

  it('a first prediction neither asks for a program nor draws until its result is read', async () => {
    const { gl2 } = webgl();
    const asked = countCalls('getProgramParameter', ([, what]) => what === gl2.LINK_STATUS);
    const drawn = countCalls('drawArrays', () => true);
    const y = tf.tidy(network);
    expect([asked.count, drawn.count], 'before').to.deep.equal([0, 0]);
    expect(queue().isEmpty).to.equal(false);
    expectSame('y', (await y.data()) as Float32Array, expected[0], 1e-4);
    expect(asked.count).to.be.greaterThan(2);
    expect(drawn.count).to.be.greaterThan(2);
    expect(queue().isEmpty).to.equal(true);
    y.dispose();
  });

  it('the page goes on while the driver links', async () => {
    const { gl2 } = webgl();
    let isReady = false;
    const [parameter, sync] = [gl2.getProgramParameter.bind(gl2), gl2.getSyncParameter.bind(gl2)];
    const isAskedTooEarly: unknown[] = [];
    gl2.getProgramParameter = (program, what) => {
      if (what === 0x91b1) return isReady; // COMPLETION_STATUS_KHR
      if (!isReady && what === gl2.LINK_STATUS) isAskedTooEarly.push(program);
      return parameter(program, what);
    };
    gl2.getSyncParameter = (...args) => (isReady ? sync(...args) : gl2.UNSIGNALED);
    const y = tf.tidy(network);
    const reading = y.data();
    y.dispose(); // who reads gets the values all the same
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(queue().isEmpty).to.equal(false);
    expect(isAskedTooEarly).to.have.length(0);
    isReady = true;
    expectSame('y', (await reading) as Float32Array, expected[0], 1e-4);
  });

  it('what waits is drawn although nobody reads', async () => {
    tf.tidy(() => void network());
    expect(queue().isEmpty).to.equal(false);
    for (let i = 0; i < 500 && !queue().isEmpty; i++) await new Promise((resolve) => setTimeout(resolve, 4));
    expect(queue().isEmpty).to.equal(true);
  });

  const others: Readonly<Record<string, () => void>> = {
    'a kernel of TensorFlow.js': () => tf.tidy(() => void tf.erf(tf.tensor1d([1, 2]).square()).dataSync()),
    'an upload': () => {
      const { gl2 } = webgl();
      const texture = gl2.createTexture();
      gl2.bindTexture(gl2.TEXTURE_2D, texture);
      gl2.texImage2D(gl2.TEXTURE_2D, 0, gl2.R32F, 1, 1, 0, gl2.RED, gl2.FLOAT, new Float32Array(1));
      gl2.deleteTexture(texture);
    },
    'an app that clears the canvas': () => {
      const { gl2 } = webgl();
      gl2.bindFramebuffer(gl2.FRAMEBUFFER, null);
      gl2.clear(gl2.COLOR_BUFFER_BIT);
    },
    'a tool that watches the context': () => {
      const { gl2 } = webgl();
      const own = gl2 as unknown as Record<string, unknown>;
      const plain = gl2.finish.bind(gl2);
      own.finish = () => plain();
      gl2.finish();
      Reflect.deleteProperty(own, 'finish');
    },
  };

  for (const [who, use] of Object.entries(others)) {
    it(`${who} finds everything drawn`, async () => {
      const y = tf.tidy(network);
      expect(queue().isEmpty).to.equal(false);
      use();
      expect(queue().isEmpty).to.equal(true);
      expectSame('y', (await y.data()) as Float32Array, expected[0], 1e-4);
      y.dispose();
    });
  }

  it("a method that a tool has replaced before draws first, and is the tool's again afterwards", () => {
    const { gl2 } = webgl();
    const own = gl2 as unknown as Record<string, unknown>;
    const plain = gl2.finish.bind(gl2);
    const watched = () => plain();
    own.finish = watched;
    const y = tf.tidy(network);
    expect(queue().isEmpty).to.equal(false);
    gl2.finish();
    expect(queue().isEmpty).to.equal(true);
    expect(own.finish).to.equal(watched);
    Reflect.deleteProperty(own, 'finish');
    expectSame('y', y.dataSync() as Float32Array, expected[0], 1e-4);
    y.dispose();
  });

  it('textures that are used again meanwhile keep their order', async () => {
    const x = tf.tensor4d(values, shape);
    const w = tf.tensor4d(filter, [3, 3, 5, 6]);
    const results: tf.Tensor[] = [];
    for (let i = 1; i <= 4; i++) {
      results.push(
        tf.tidy(() => {
          const scaled = tf.mul(x, i); // its texture is free again after each turn
          return tf.sum(tf.relu(tf.conv2d(scaled as tf.Tensor4D, w, 1, 'same')), [1, 2]);
        }),
      );
    }
    expect(queue().isEmpty).to.equal(false);
    const found = await Promise.all(results.map((result) => result.data()));
    found.forEach((sums, i) => {
      const first = Float32Array.from(found[0] as Float32Array, (value) => (i + 1) * value);
      expectSame(`turn ${i}`, sums as Float32Array, first, 1e-4);
    });
    tf.dispose([x, w, results]);
  });

  it('an array that the app writes into after the call does not change the result', async () => {
    const own = Float32Array.from(values);
    const y = tf.tidy(() => tf.relu(tf.conv2d(tf.tensor4d(own, shape), tf.tensor4d(filter, [3, 3, 5, 6]), 1, 'same')));
    const small = Float32Array.of(1, 2, 3);
    const z = tf.tidy(() => tf.concat([tf.tensor1d(small).mul(tf.scalar(2)), tf.tensor1d(small)]));
    own.fill(7);
    small.fill(7);
    const sum = (await tf.tidy(() => tf.sum(y)).data())[0];
    await tf.setBackend('cpu');
    const right = tf.tidy(() => {
      const x = tf.tensor4d(values, shape);
      return tf.sum(tf.relu(tf.conv2d(x, tf.tensor4d(filter, [3, 3, 5, 6]), 1, 'same'))).dataSync()[0];
    });
    expect(sum).to.be.closeTo(right, 1e-3 * Math.abs(right));
    await tf.setBackend(name);
    expect([...(await z.data())]).to.deep.equal([2, 4, 6, 1, 2, 3]);
    tf.dispose([y, z]);
  });

  it('programs that another draw finds refused, while draws wait for them, leave no read waiting for ever', async () => {
    const { error, log } = console;
    console.error = console.log = () => {}; // TensorFlow.js prints sources
    const spoiled = spoilShaders(webgl().gl2, (call) => call > 0);
    try {
      await captureWarnings(async () => {
        const { drawer, caps } = webgl().tensors;
        const { draw } = drawer;
        const programs: TileProgram[] = [];
        drawer.draw = (task) => {
          programs.push(task.program);
          draw.call(drawer, task);
        };
        const y = tf.tidy(network);
        drawer.draw = draw;
        for (const program of programs) {
          expect(() => Programs.of(webgl().gl2).get(program, caps)).to.throw(/the shader must compile; received/);
        }
        expect(await y.data().catch((reason: Error) => reason)).to.be.instanceOf(Error);
        y.dispose();
        spoiled.stop();
        expectSame('again', tf.tidy(() => network().dataSync()) as Float32Array, expected[0], 1e-4);
      });
    } finally {
      spoiled.stop();
      Object.assign(console, { error, log });
    }
  });

  for (const n of [0, 1, 2, 3]) {
    it(`program ${n} that the driver refuses when it is asked: the result is right or an error`, async () => {
      const { error, log } = console;
      console.error = console.log = () => {}; // TensorFlow.js prints sources
      const spoiled = spoilShaders(webgl().gl2, (call) => call === n + 1); // the first is the vertex shader
      try {
        await captureWarnings(async () => {
          const y = tf.tidy(network);
          const result = await y.data().catch((reason: Error) => reason);
          y.dispose();
          if (result instanceof Error) expect(result.message).to.match(/the shader must compile; received/);
          else expectSame('y', result as Float32Array, expected[0], 1e-4);
          spoiled.stop();
          const again = tf.tidy(() => network().dataSync());
          expectSame('again', again as Float32Array, expected[0], 1e-4);
        });
        expect(spoiled.calls).to.be.greaterThan(n + 1);
      } finally {
        Object.assign(console, { error, log });
      }
    });
  }
});
