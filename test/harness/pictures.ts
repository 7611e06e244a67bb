import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { renderPicture } from '../../lib/model/report';

/** A committed picture and the example whose copies it shows. */
export interface Picture {
  readonly file: string;
  readonly example: string;
  /** Id of the stack, which begins the names in the picture. */
  readonly id: string;
}

export const PICTURES: readonly Picture[] = [{ file: 'docs/images/three-copies.svg', example: 'three-copies', id: 'shop' }];

type StackClass = new (scope: Construct, id: string, props: StackProps) => Stack;

export function pictureOf({ example, id }: Picture): string {
  const outdir = mkdtempSync(join(tmpdir(), 'picture-'));
  try {
    const app = new App({ outdir });
    const [Example] = Object.values(require(`../../examples/${example}/stack`)) as StackClass[];
    new Example(app, id, { env: { account: '111122223333', region: 'ap-northeast-1' } });
    app.synth();
    return renderPicture(JSON.parse(readFileSync(join(outdir, 'recovery-report.json'), 'utf8')));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
