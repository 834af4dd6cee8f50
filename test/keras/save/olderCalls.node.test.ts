// Calls of tf.keras in a form that Keras 3 refuses are saved in one that it reads. The files are from real tf.keras.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { strFromU8, unzipSync } from 'fflate';
import { loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { callTemplateOf, rememberCall } from '../../../src/layers/graph/callTemplates.js';
import { useBackend } from '../../support/backends.js';

const archive = unzipSync(new Uint8Array(readFileSync('test/fixtures/graphs/graphs-2.15.0.zip')));

interface Entry {
  readonly class_name: string;
  readonly inbound_nodes: readonly { readonly kwargs: Readonly<Record<string, unknown>> }[];
}

/** The layers of this class in the `.keras` file that the model is saved as. */
async function savedLayers(file: string, className: string): Promise<Entry[]> {
  const model = await loadKerasModel(archive[file], { onWarning: () => {} });
  const saved = unzipSync(await saveKerasModel(model));
  model.dispose();
  const { layers } = JSON.parse(strFromU8(saved['config.json'])).config as { layers: Entry[] };
  return layers.filter(({ class_name: name }) => name === className);
}

describe('calls of tf.keras', () => {
  useBackend('cpu');

  it('`...` in an index has the config that Keras 3 asks for', async () => {
    const [{ inbound_nodes: calls }] = await savedLayers('graph71014.h5', 'GetItem');
    expect(calls[0].kwargs.key).to.deep.equal([{ class_name: '__ellipsis__', config: {} }, 1]);
  });

  it('a recurrent layer without constants does not name them', async () => {
    const layers = await savedLayers('graph71118.keras', 'Bidirectional');
    const names = layers.flatMap(({ inbound_nodes: calls }) => calls.flatMap(({ kwargs }) => Object.keys(kwargs)));
    expect(names).to.deep.equal(['initial_state']);
  });

  it('a recurrent layer with constants is refused: Keras 3 has none', async () => {
    const model = await loadKerasModel(archive['graph71118.keras'], { onWarning: () => {} });
    for (const layer of model.layers.filter((one) => one.getClassName() === 'Bidirectional')) {
      for (const node of layer.inboundNodes) {
        const { args, kwargs } = callTemplateOf(node);
        rememberCall(node, { args, kwargs: { ...(kwargs as object), constants: [1] } });
      }
    }
    const error = await saveKerasModel(model).catch((reason: Error) => reason);
    expect((error as Error).message).to.match(/Keras 3 has no constants of recurrent layers; received constants/);
    model.dispose();
  });
});
