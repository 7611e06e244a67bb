// Evaluates JSONata: one expression, as a JSON string, per line of stdin; the result as one line of JSON on stdout.
const readline = require('node:readline');

const paths = [(process.env.NODE_PATH ?? '').split(':')[0], process.cwd()];
const jsonata = require(require.resolve('jsonata', { paths }));

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  let answer;
  try {
    const value = await jsonata(JSON.parse(line)).evaluate(null);
    answer = value === undefined ? { undefined: true } : { value };
  } catch (error) {
    answer = { error: error.message ?? String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
});
