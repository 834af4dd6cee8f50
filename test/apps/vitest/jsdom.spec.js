// @vitest-environment jsdom

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { predict } from './predict.js';

test('predicts in jsdom', async () => {
  expect(document.title).toBe('');
  const values = await predict(readFileSync('small.keras'), 'convnet');
  process.stdout.write(`prediction jsdom ${JSON.stringify(values)}\n`);
  expect(values).toHaveLength(5);
});
