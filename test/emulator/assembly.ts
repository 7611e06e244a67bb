import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStackCommand, DescribeStackEventsCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ACCOUNT, type Emulator, eventually } from './harness';
import { StackClient } from './stack-client';

interface AssetFile {
  readonly source: { readonly path: string; readonly packaging: 'file' | 'zip' };
  readonly destinations: Record<string, { readonly bucketName: string; readonly objectKey: string; readonly region: string }>;
}

interface Artifact {
  readonly type: string;
  readonly environment: string;
  readonly dependencies?: readonly string[];
  readonly properties: { readonly templateFile: string; readonly stackName?: string };
}

/** What became of a stack. */
export interface DeployedStack {
  readonly name: string;
  readonly region: string;
  /** Logical id and status of each event, oldest first. */
  readonly events: readonly string[];
}

/** Deploys an assembly by the API alone, in a tenth of the time that the command line takes. */
export class Assembly {
  private readonly artifacts: Record<string, Artifact>;
  private readonly stacks: readonly string[];

  constructor(
    private readonly emulator: Emulator,
    private readonly folder: string,
  ) {
    const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { artifacts: Record<string, Artifact> };
    this.artifacts = artifacts;
    this.stacks = Object.keys(artifacts).filter((id) => artifacts[id].type === 'aws:cloudformation:stack');
  }

  /** Deploys all stacks, or those of some Regions, each after what it needs of these. */
  public async deploy(wanted: (region: string, name: string) => boolean = () => true): Promise<readonly DeployedStack[]> {
    const chosen = this.stacks.filter((id) => wanted(this.regionOf(id), this.nameOf(id)));
    await this.publish(new Set(chosen.map((id) => this.regionOf(id))));
    const done: DeployedStack[] = [];
    for (const id of this.inOrder(chosen)) {
      done.push(await this.deployOne(id));
    }
    return done;
  }

  private inOrder(chosen: readonly string[]): readonly string[] {
    const ordered = new Set<string>();
    const visit = (id: string): void => {
      for (const needed of this.artifacts[id].dependencies ?? []) {
        if (chosen.includes(needed)) {
          visit(needed);
        }
      }
      ordered.add(id);
    };
    chosen.forEach(visit);
    return [...ordered];
  }

  private regionOf(id: string): string {
    return this.artifacts[id].environment.split('/').at(-1) as string;
  }

  private nameOf(id: string): string {
    return this.artifacts[id].properties.stackName ?? id;
  }

  private async publish(regions: ReadonlySet<string>): Promise<void> {
    const manifests = Object.keys(this.artifacts).filter((id) => this.artifacts[id].type === 'cdk:asset-manifest');
    const published = new Set<string>();
    for (const id of manifests) {
      const { files } = JSON.parse(readFileSync(join(this.folder, `${id}.json`), 'utf8')) as { files: Record<string, AssetFile> };
      for (const { source, destinations } of Object.values(files)) {
        for (const { bucketName, objectKey, region } of Object.values(destinations)) {
          const [Bucket, Key] = [bucketName.replace(/\$\{AWS::AccountId\}/, ACCOUNT).replace(/\$\{AWS::Region\}/, region), objectKey];
          if (!regions.has(region) || published.has(`${Bucket}/${Key}`)) {
            continue;
          }
          published.add(`${Bucket}/${Key}`);
          const s3 = new S3Client(this.emulator.client(region));
          const made = { Bucket, CreateBucketConfiguration: { LocationConstraint: region } } as const;
          await s3.send(new CreateBucketCommand(made as never)).catch(() => undefined);
          await s3.send(new PutObjectCommand({ Bucket, Key, Body: content(join(this.folder, source.path), source.packaging) }));
        }
      }
    }
  }

  private async deployOne(id: string): Promise<DeployedStack> {
    const [region, StackName] = [this.regionOf(id), this.nameOf(id)];
    const { api } = new StackClient(this.emulator, region);
    const {
      Parameters: _,
      Rules: __,
      ...template
    } = JSON.parse(readFileSync(join(this.folder, this.artifacts[id].properties.templateFile), 'utf8'));
    const [Bucket, Key] = [`cdk-hnb659fds-assets-${ACCOUNT}-${region}`, `templates/${StackName}.json`];
    await new S3Client(this.emulator.client(region)).send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(template) }));
    const TemplateURL = `https://${Bucket}.s3.${region}.amazonaws.com/${Key}`;
    const input = { StackName, TemplateURL, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    const there = await api.send(new DescribeStacksCommand({ StackName })).catch(() => undefined);
    const before = there ? ((await api.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? []).length : 0;
    try {
      await api.send(there ? new UpdateStackCommand(input) : new CreateStackCommand({ ...input, DisableRollback: true }));
    } catch (error) {
      if (/No updates are to be performed/.test((error as Error).message)) {
        return { name: StackName, region, events: [] };
      }
      throw error;
    }
    const stack = await eventually(
      `the end of ${StackName}`,
      async () => {
        const [found] = (await api.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
        return !found.StackStatus?.endsWith('_IN_PROGRESS') && found;
      },
      120_000,
    );
    const events = ((await api.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? []).reverse().slice(before);
    const failures = events.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
    if (!['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(stack.StackStatus ?? '')) {
      const reasons = failures.map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`);
      throw new Error(`${StackName} is ${stack.StackStatus}: ${reasons.join('; ') || stack.StackStatusReason}`);
    }
    return { name: StackName, region, events: events.map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}`) };
  }
}

function content(path: string, packaging: 'file' | 'zip'): Buffer {
  if (packaging === 'file') {
    return readFileSync(path);
  }
  const folder = mkdtempSync(join(tmpdir(), 'assembly-zip-'));
  try {
    const archive = "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])";
    const { status, stderr } = spawnSync('python3', ['-c', archive, join(folder, 'asset'), path], { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`${path} cannot be packed: ${stderr}`);
    }
    return readFileSync(join(folder, 'asset.zip'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
