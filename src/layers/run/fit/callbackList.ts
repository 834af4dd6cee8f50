// The callbacks of fit(): those that are registered with TensorFlow.js (tfjs-node's progress bar), the user's, the history.

import {
  CallbackList,
  CustomCallback,
  type CustomCallbackArgs,
  type History,
  LayersModel,
} from '@tensorflow/tfjs-layers';
import type { FitCallback } from './fitArgs.js';

type Callback = CallbackList['callbacks'][number];

interface Params {
  readonly [key: string]: unknown;
  readonly verbose: number;
  readonly epochs: number;
}

/** A list with its history, which is the last. */
export function makeCallbacks(
  given: readonly FitCallback[] | FitCallback | null | undefined,
  yieldEvery: unknown,
  params: Params,
  model: LayersModel,
): [CallbackList, History] {
  const toCallback = (one: FitCallback | CustomCallbackArgs): Callback =>
    'setParams' in one ? one : (new CustomCallback(one, yieldEvery as 'auto') as Callback);
  const user = [given ?? []].flat().map(toCallback);
  // One of these lets the page draw while the model trains.
  if (!user.some((one) => one instanceof CustomCallback)) user.push(toCallback({}));
  const [registered, history] = registeredCallbacks(params.verbose);
  const list = new CallbackList([...registered, ...user, history]);
  list.setParams(params as never);
  list.setModel(model as never);
  return [list, history];
}

/**
 * The callbacks that TensorFlow.js makes for each fit(). It does not export them: its own loop is begun, and ended where it
 * hands its list the model.
 */
function registeredCallbacks(verbose: number): [Callback[], History] {
  const { prototype } = CallbackList;
  const { setModel } = prototype;
  let found: Callback[] = [];
  prototype.setModel = function (this: CallbackList) {
    found = this.callbacks;
    throw new Error('the list is found');
  };
  try {
    const { fitLoop } = LayersModel.prototype as unknown as {
      fitLoop(this: object, ...args: unknown[]): Promise<unknown>;
    };
    const model = { checkNumSamples: () => 0 };
    fitLoop.call(model, null, [], [], 1, 0, verbose, [], null, [], false, []).catch(() => {});
  } finally {
    prototype.setModel = setModel;
  }
  // The first averages what TensorFlow.js's steps give.
  return [found.slice(1, -1), found.at(-1) as unknown as History];
}
