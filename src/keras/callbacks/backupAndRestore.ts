// Source: https://keras.io/api/callbacks/backup_and_restore/

import type { Variable } from '@tensorflow/tfjs-core';
import { check } from '../../core/errors.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';
import { isKerasOptimizer } from '../../layers/optimizers/optimizers.js';
import { readCompilation } from '../compile/readCompilation.js';
import { restoreTfjsState } from '../compile/tfjsState.js';
import { trainableVariables } from '../compile/trainableVariables.js';
import { loadKerasWeights } from '../loadKerasModel.js';
import { openFile } from '../openFile.js';
import { saveKerasModel } from '../save/saveOnDemand.js';
import { Callback, nodeFiles } from './callback.js';
import { type BackupStore, backupInPage } from './pageBackup.js';

export type { BackupStore };

/** The arguments of BackupAndRestore. */
export interface BackupAndRestoreArgs {
  /** Whether the backup goes away when the training ends. Default true. */
  readonly deleteCheckpoint?: boolean;
  /**
   * 'epoch', the default, or after how many batches. What was kept within an epoch goes on with its weights and optimizer at
   * the beginning of that epoch, as in Keras.
   */
  readonly saveFreq?: 'epoch' | number;
}

const known: OptionKeys<BackupAndRestoreArgs> = { deleteCheckpoint: true, saveFreq: true };

/**
 * Keeps weights, the state of the optimizer and the epoch after each epoch, and goes on from there when a training that was
 * interrupted is started again. fit() of this package's models takes it; that of others begins with an error.
 * Source: https://keras.io/api/callbacks/backup_and_restore/
 */
export class BackupAndRestore extends Callback {
  readonly #store: BackupStore;
  readonly #deletes: boolean;
  readonly #saveFreq: 'epoch' | number;
  #batches = 0;
  #epoch = 0;

  /**
   * @param backupDir A folder of this training alone, in Node; `indexeddb://name` in a page; or where else the backup is
   *     kept.
   * @throws ValueError for a storage that the platform lacks, an empty folder's name, and another `saveFreq`.
   */
  constructor(backupDir: string | BackupStore, args: BackupAndRestoreArgs = {}) {
    super();
    checkOptionKeys('BackupAndRestore', args, known);
    const { deleteCheckpoint = true, saveFreq = 'epoch' } = args;
    const isStore = ['read', 'write', 'remove'].every((key) => typeof (backupDir as never)?.[key] === 'function');
    if (typeof backupDir !== 'string' && !isStore) {
      throw new KerasValueError(
        `BackupAndRestore: the backup must be a folder's name or an object with read, write and remove. Received: backupDir=${showValue(backupDir)}`,
      );
    }
    if (backupDir === '') throw new KerasValueError("Empty `backup_dir` argument passed. Received: backupDir=''");
    if (saveFreq !== 'epoch' && !(Number.isInteger(saveFreq) && saveFreq > 0)) {
      throw new KerasValueError(
        `Invalid value for argument \`save_freq\`: expected either 'epoch' or an integer above 0. Received: save_freq=${showValue(saveFreq)}`,
      );
    }
    this.#saveFreq = saveFreq;
    this.#store = typeof backupDir === 'string' ? storeAt(backupDir) : backupDir;
    this.#deletes = deleteCheckpoint;
  }

  override async onTrainBegin(): Promise<void> {
    // fit() of other models begins at the first epoch whatever was restored.
    check('firstEpoch' in this.trained, 'BackupAndRestore', 'the model must be one of tfjs-backend-convnet', {
      model: this.trained.name,
    });
    const stored = await this.#store.read();
    if (!stored) return;
    const epoch = new DataView(stored.buffer, stored.byteOffset).getUint32(0);
    const bytes = stored.slice(4);
    const model = this.trained;
    await loadKerasWeights(model, bytes);
    const state = readCompilation(openFile({ bytes, name: 'backup.keras' } as never))?.state ?? [];
    const { optimizer } = model;
    const variables = trainableVariables(model);
    if (state.length > 0 && isKerasOptimizer(optimizer)) {
      optimizer.stateOf(variables).forEach((entry, i) => {
        entry.write(state[i].numbers());
      });
    } else if (state.length > 0) {
      const trained = model.trainableWeights.map((weight) => weight.read() as Variable);
      await restoreTfjsState(optimizer, state, { variables, trained });
    }
    Object.assign(model, { firstEpoch: epoch });
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#epoch = epoch;
  }

  override async onBatchEnd(): Promise<void> {
    if (this.#saveFreq === 'epoch' || ++this.#batches < this.#saveFreq) return;
    this.#batches = 0;
    await this.#keep(this.#epoch);
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    if (this.#saveFreq === 'epoch') await this.#keep(epoch + 1);
  }

  /** @param next The epoch to go on with. */
  async #keep(next: number): Promise<void> {
    const bytes = await saveKerasModel(this.trained, { format: 'keras' });
    const stored = new Uint8Array(bytes.length + 4);
    new DataView(stored.buffer).setUint32(0, next);
    stored.set(bytes, 4);
    await this.#store.write(stored);
  }

  override async onTrainEnd(): Promise<void> {
    if (this.#deletes) await this.#store.remove();
  }
}

function storeAt(place: string): BackupStore {
  return /^\w+:\/\//.test(place) ? backupInPage(place) : folderStore(place);
}

function folderStore(folder: string): BackupStore {
  const fs = nodeFiles('BackupAndRestore', folder);
  const path = `${folder}/backup.bin`;
  return {
    read: () => (fs.existsSync(path) ? new Uint8Array(fs.readFileSync(path)) : null),
    write: (bytes) => {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(`${path}.new`, bytes);
      fs.renameSync(`${path}.new`, path); // whole, or not at all
    },
    remove: () => {
      fs.rmSync(path, { force: true });
      if (fs.existsSync(folder) && fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
    },
  };
}
