// Source: https://keras.io/api/callbacks/model_checkpoint/

import type { Bytes } from '../../core/bytes.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';
import { formatOfName } from '../save/formatOfName.js';
import { saveKerasModel } from '../save/saveOnDemand.js';
import { type CallbackLogs, nodeFiles, readLogs } from './callback.js';
import { formatPath } from './formatPath.js';
import { type MonitorArgs, MonitorCallback, monitorKeys } from './monitor.js';

const STORAGE = /^(indexeddb|localstorage):\/\//;

/** The arguments of ModelCheckpoint. */
export interface ModelCheckpointArgs extends MonitorArgs {
  /** Above 0: says what it does. Default 0. */
  readonly verbose?: number;
  /** Whether only a model is saved that is better than all before. Default false. */
  readonly saveBestOnly?: boolean;
  /** Whether only the weights are saved, in a file whose name ends in `.weights.h5`. Default false. */
  readonly saveWeightsOnly?: boolean;
  /** 'epoch', the default, or after how many batches. */
  readonly saveFreq?: 'epoch' | number;
  /** A value that must be improved upon before a best one is saved. Default: none. */
  readonly initialValueThreshold?: number | null;
  /** Takes each file, for example to keep it in the browser's storage. Default: it is written to its path, in Node. */
  readonly write?: (path: string, bytes: Bytes) => void | Promise<void>;
}

const known: OptionKeys<ModelCheckpointArgs> = {
  ...monitorKeys,
  verbose: true,
  saveBestOnly: true,
  saveWeightsOnly: true,
  saveFreq: true,
  initialValueThreshold: true,
  write: true,
};

/**
 * Saves the model while it trains, as `.keras`, `.h5` or `.weights.h5`, by the ending of the path. The path may name values:
 * 'm.{epoch:02d}-{val_loss:.2f}.keras'. A file that is there is replaced when the new one is whole. In a page the path may be
 * `indexeddb://name` or `localstorage://name`, from where loadKerasModel() reads the model.
 * Source: https://keras.io/api/callbacks/model_checkpoint/
 */
export class ModelCheckpoint extends MonitorCallback {
  readonly filepath: string;
  best: number | null;
  readonly #args: ModelCheckpointArgs;
  #epoch = 0;
  #batches = 0;

  /** @throws ValueError for a path with another ending. */
  constructor(filepath: string, args: ModelCheckpointArgs = {}) {
    super(args);
    checkOptionKeys('ModelCheckpoint', args, known);
    this.filepath = filepath;
    this.#args = args;
    this.best = args.initialValueThreshold ?? null;
    const { saveFreq = 'epoch', saveWeightsOnly = false } = args;
    if (saveFreq !== 'epoch' && !(Number.isInteger(saveFreq) && saveFreq > 0)) {
      throw new KerasValueError(
        `Unrecognized save_freq: ${showValue(saveFreq)}. Expected save_freq are 'epoch' or integer values`,
      );
    }
    const format = STORAGE.test(filepath) ? 'stored' : formatOfName(filepath);
    if (format === undefined || (format === 'weights.h5') !== saveWeightsOnly) {
      const ending = saveWeightsOnly ? '`.weights.h5`' : '`.keras` or `.h5`';
      throw new KerasValueError(
        `The filepath of ModelCheckpoint must end in ${ending}. Received: filepath=${showValue(filepath)}`,
      );
    }
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#epoch = epoch;
  }

  override async onBatchEnd(batch: number, logs?: CallbackLogs): Promise<void> {
    const { saveFreq = 'epoch' } = this.#args;
    if (saveFreq === 'epoch' || ++this.#batches < saveFreq) return;
    this.#batches = 0;
    const { batch: _, size: __, ...values } = await readLogs(logs); // of TensorFlow.js
    await this.#save(this.#epoch, values, batch);
  }

  override async onEpochEnd(epoch: number, logs?: CallbackLogs): Promise<void> {
    if ((this.#args.saveFreq ?? 'epoch') === 'epoch') await this.#save(epoch, await readLogs(logs), null);
  }

  async #save(epoch: number, logs: Readonly<Record<string, number | number[]>>, batch: number | null): Promise<void> {
    const { write, verbose = 0 } = this.#args;
    if (!this.#isWanted(logs)) return;
    const path = formatPath(this.filepath, {
      ...logs,
      epoch: epoch + 1,
      ...(batch === null ? {} : { batch: batch + 1 }),
    });
    const format = formatOfName(path);
    if (STORAGE.test(path)) await (await import('../save/storeModel.js')).storeModel(this.trained, path);
    else if (write) await write(path, await saveKerasModel(this.trained, { format }));
    else {
      const folder = path.replace(/[/\\][^/\\]*$/, '');
      if (folder !== path && folder !== '') nodeFiles('ModelCheckpoint', path).mkdirSync(folder, { recursive: true });
      await saveKerasModel(this.trained, { format, path });
    }
    if (verbose > 0) this.say(`Epoch ${epoch + 1}: finished saving model to ${path}`);
  }

  #isWanted(logs: Readonly<Record<string, number | number[]>>): boolean {
    if (!this.#args.saveBestOnly) return true;
    const current = logs[this.monitor];
    if (typeof current !== 'number') {
      this.warnMissing(logs);
      return true; // as Keras
    }
    if (!this.isBetter(current, this.best)) return false;
    this.best = current;
    return true;
  }
}
