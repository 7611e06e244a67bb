import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES, pictureOf } from './harness/pictures';

test.each(PICTURES)('$file shows the copies of its example as they are (npm run pictures draws it anew)', (picture) => {
  expect(readFileSync(join(__dirname, '..', picture.file), 'utf8')).toBe(pictureOf(picture));
});
