// The parameters of Keras's layers that take masks, in the spelling of files.

/** Tensors under these keywords are masks: they go to their parameter by name and not into the layer's list of inputs. */
export const maskArguments: ReadonlySet<string> = new Set([
  'mask',
  'query_mask',
  'value_mask',
  'key_mask',
  'attention_mask',
]);
