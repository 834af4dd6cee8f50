import { expect, test } from 'vitest';
import { predict } from './predict.js';

test('predicts in Node', async () => {
  const values = await predict('small.keras', 'convnet');
  process.stdout.write(`prediction node ${JSON.stringify(values)}\n`);
  expect(values).toHaveLength(5);
});
