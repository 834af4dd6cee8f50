// model.save('keras://...'): a file in Node, a download in the browser; other targets as before.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { openZip } from '../../../src/formats/zip/zip.js';
import { installKerasSaving, kerasFileSaver } from '../../../src/keras/save/saveHandler.js';
import { loadKerasModel } from '../../../src/keras.js';
import { conv2d } from '../../../src/layers/conv/conv2d.js';
import { isBrowser, useBackend } from '../../support/backends.js';

/** A layer whose config lacks what its constructor needs. */
class Unwritable extends tf.layers.Layer {
  static readonly className = 'Unwritable';

  constructor(args: { readonly factor: number }) {
    super({});
    if (!Number.isFinite(args.factor)) throw new Error('Unwritable needs a factor');
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.clone(Array.isArray(inputs) ? inputs[0] : inputs);
  }
}

describe("model.save('keras://...')", () => {
  useBackend('convnet-cpu');
  let model: tf.LayersModel;

  beforeEach(() => {
    installKerasSaving();
    const x = tf.input({ shape: [4, 4, 2] });
    model = tf.model({ inputs: x, outputs: conv2d({ filters: 2, kernelSize: 3 }).apply(x) as tf.SymbolicTensor });
  });

  /** Saves under a name, and gives the bytes that were written or downloaded. */
  async function saved(name: string, save: (target: string) => Promise<unknown>): Promise<Uint8Array> {
    return isBrowser ? download(name, () => save(name)) : written(name, save);
  }

  for (const ending of ['keras', 'h5', 'weights.h5']) {
    it(`.${ending}`, async () => {
      const bytes = await saved(`net.${ending}`, async (target) => {
        const { modelArtifactsInfo } = await model.save(`keras://${target}`);
        expect(modelArtifactsInfo.weightDataBytes).to.be.above(0);
      });
      if (ending === 'keras') expect(openZip(bytes).names).to.include('config.json');
      if (ending !== 'weights.h5') (await loadKerasModel(bytes)).dispose();
      model.dispose();
    });
  }

  it('a model that its file does not give back is not written', async () => {
    model.dispose();
    const x = tf.input({ shape: [2] });
    model = tf.model({ inputs: x, outputs: new Unwritable({ factor: 2 }).apply(x) as tf.SymbolicTensor });
    const messages: string[] = [];
    const write = (target: string) =>
      messageOf(model.save(`keras://${target}`)).then((message) => {
        messages.push(message);
      });
    if (isBrowser) await write('net.keras');
    else expect(await messageOf(written('net.keras', write))).to.include('no such file');
    expect(messages.join()).to.include('needs a factor');
    const unverified = await saved('net.keras', (target) =>
      model.save(kerasFileSaver(model, { ...(isBrowser ? { download: target } : { path: target }), verify: false })),
    );
    expect(openZip(unverified).names).to.have.length(3);
    model.dispose();
  });

  it('kerasFileSaver, for a model that it knows', async () => {
    const bytes = await saved('net.keras', (target) =>
      model.save(kerasFileSaver(model, isBrowser ? { download: target } : { path: target })),
    );
    expect(openZip(bytes).names).to.have.length(3);
    model.dispose();
  });

  it('other handlers and URLs go their way', async () => {
    let seen: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        seen = artifacts;
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
    expect(seen?.weightSpecs).to.have.length(2);
    expect(await messageOf(model.save('nowhere://x'))).to.include('nowhere://x');
    model.dispose();
  });

  it('a name with a % that is none of a URL', async () => {
    const bytes = await saved('50% net.keras', (target) => model.save(`keras://${target}`));
    expect(openZip(bytes).names).to.have.length(3);
    model.dispose();
  });

  it('a URL without a known ending is refused', async () => {
    expect(await messageOf(model.save('keras://net.json'))).to.include("url='keras://net.json'");
    model.dispose();
  });

  it('what is no layers model is told so', async () => {
    const [handler] = tf.io.getSaveHandlers('keras://net.keras');
    const save = handler.save as () => Promise<unknown>;
    expect(await messageOf(save())).to.include('tf.LayersModel');
    model.dispose();
  });
});

async function written(name: string, save: (target: string) => Promise<unknown>): Promise<Uint8Array> {
  const { mkdtemp, readFile, rm } = await import(/* @vite-ignore */ 'node:fs/promises');
  const { tmpdir } = await import(/* @vite-ignore */ 'node:os');
  const folder = await mkdtemp(`${tmpdir()}/keras-save-`);
  try {
    await save(`${folder}/${name}`);
    return new Uint8Array(await readFile(`${folder}/${name}`));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Catches the click on the link of a download. */
async function download(name: string, save: () => Promise<unknown>): Promise<Uint8Array> {
  const click = HTMLAnchorElement.prototype.click;
  let link: HTMLAnchorElement | undefined;
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    link = this;
  };
  try {
    await save();
  } finally {
    HTMLAnchorElement.prototype.click = click;
  }
  expect(link?.download).to.equal(name);
  return new Uint8Array(await (await fetch(link?.href as string)).arrayBuffer());
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}
