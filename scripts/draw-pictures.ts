// Draws the pictures of the README from the examples; test/pictures.test.ts compares them with what is committed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES, pictureOf } from '../test/harness/pictures';

for (const picture of PICTURES) {
  writeFileSync(join(__dirname, '..', picture.file), pictureOf(picture));
}
