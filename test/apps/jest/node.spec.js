const { predict } = require('./predict.js');

test('predicts in Node', async () => {
  const values = await predict('small.keras');
  process.stdout.write(`prediction node ${JSON.stringify(values)}\n`);
  expect(values).toHaveLength(5);
});
