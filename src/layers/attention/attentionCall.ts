// Arguments of an attention layer's call that are no tensors, as the graph of a Keras file holds them.

import type { Kwargs } from '../base/kerasLayer.js';

export interface AttentionCall {
  /** use_causal_mask: no position sees a later one. */
  readonly isCausal: boolean;
  /** return_attention_scores: the scores are a second output. */
  readonly returnsScores: boolean;
  readonly isTraining: boolean;
}

export const attentionCallOptions: readonly string[] = ['use_causal_mask', 'return_attention_scores'];

/** What the graph says, and what the call itself says. */
export function readAttentionCall(graph: Kwargs, call: Kwargs = {}): AttentionCall {
  const flag = (snake: string, camel: string) => Boolean(call[camel] ?? call[snake] ?? graph[snake]);
  return {
    isCausal: flag('use_causal_mask', 'useCausalMask'),
    returnsScores: flag('return_attention_scores', 'returnAttentionScores'),
    isTraining: Boolean(call.training),
  };
}
