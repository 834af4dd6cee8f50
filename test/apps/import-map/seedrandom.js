// The official CPU backend imports `seedrandom`, which has no ES module; the page has loaded the part that is used.

export const { alea } = globalThis;
