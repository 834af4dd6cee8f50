/** @jest-environment jsdom */

const { readFileSync } = require('node:fs');
const { predict } = require('./predict.js');

test('predicts in jsdom', async () => {
  expect(document.title).toBe('');
  const values = await predict(readFileSync('small.keras'));
  process.stdout.write(`prediction jsdom ${JSON.stringify(values)}\n`);
  expect(values).toHaveLength(5);
});
