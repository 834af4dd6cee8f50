// The arguments of an attention layer's call that are not tensors. The graph of a Keras file holds them.

import type { Kwargs } from '../base/layerArgs.js';

/** The arguments of one call. */
export interface AttentionCall {
  /** use_causal_mask: a query does not see later positions. */
  readonly isCausal: boolean;
  /** return_attention_scores: whether the scores are a second output. */
  readonly returnsScores: boolean;
  readonly isTraining: boolean;
}

/** The names of the arguments in Keras's spelling. */
export const attentionCallOptions: readonly string[] = ['use_causal_mask', 'return_attention_scores'];

/** Reads the arguments of a call. Those of the call itself precede those of the graph. */
export function readAttentionCall(graph: Kwargs, call: Kwargs = {}): AttentionCall {
  const flag = (snake: string, camel: string) => Boolean(call[camel] ?? call[snake] ?? graph[snake]);
  return {
    isCausal: flag('use_causal_mask', 'useCausalMask'),
    returnsScores: flag('return_attention_scores', 'returnAttentionScores'),
    isTraining: Boolean(call.training),
  };
}
