// Every example as a stack of one app.
const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { App } = require('aws-cdk-lib');

const folder = join(__dirname, '..', 'examples');
const app = new App();
for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const [Example] = Object.values(require(join(folder, name, 'stack')));
  new Example(app, name, { env: { account: '123456789012', region: 'ap-northeast-1' } });
}
app.synth();
