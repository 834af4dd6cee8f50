// Source: https://keras.io/api/callbacks/terminate_on_nan/

import { Callback, type CallbackLogs, readNumber } from './callback.js';

/**
 * Ends the training when the loss is NaN or infinite. It reads the loss after each batch.
 * Source: https://keras.io/api/callbacks/terminate_on_nan/
 */
export class TerminateOnNaN extends Callback {
  override async onBatchEnd(batch: number, logs?: CallbackLogs): Promise<void> {
    const loss = await readNumber(logs, 'loss');
    if (loss === undefined || Number.isFinite(loss)) return;
    this.say(`Batch ${batch}: Invalid loss, terminating training`);
    this.trained.stopTraining = true;
  }
}
