import { createHash } from 'node:crypto';
import { type Block, GetSnapshotBlockCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import { DescribeVolumesCommand, type Volume } from '@aws-sdk/client-ec2';
import { Unable } from '../checks/finding';
import { ask, askUnless } from './ask-aws';
import type { AwsClients } from './aws-clients';
import { DamagedBlock, type RestoredVolume, type SnapshotBlocks, type SnapshotPort } from './snapshot-port';

const GIB = 2 ** 30;
/** The fewest that the API takes; only the first is of interest. */
const FEWEST = 100;

/** EC2 and the EBS direct APIs by the AWS SDK. */
export function awsSnapshots(clients: AwsClients): SnapshotPort {
  return {
    volumes: (targetArn) => volumes(clients, targetArn),
    open: (snapshotId) => open(clients, snapshotId),
  };
}

async function volumes(clients: AwsClients, targetArn: string): Promise<readonly RestoredVolume[]> {
  const id = targetArn.split('/').at(-1) as string;
  const selected = id.startsWith('i-') ? { Filters: [{ Name: 'attachment.instance-id', Values: [id] }] } : { VolumeIds: [id] };
  const found: Volume[] = [];
  let token: string | undefined;
  do {
    const command = new DescribeVolumesCommand({ ...selected, NextToken: token });
    const page = await askUnless(['InvalidVolume.NotFound'], 'the volume cannot be described', () =>
      clients.ec2().send(command, { abortSignal: clients.signal }),
    );
    found.push(...(page?.Volumes ?? []));
    token = page?.NextToken || undefined;
  } while (token);
  return found.map(({ VolumeId: volumeId = id, Size: size = 0, SnapshotId: snapshotId }) => ({
    id: volumeId,
    bytes: size * GIB,
    ...(snapshotId ? { snapshotId } : {}),
  }));
}

async function open(clients: AwsClients, snapshotId: string): Promise<SnapshotBlocks | undefined> {
  const { first, volumeSize, blockSize } = await firstFrom(clients, snapshotId, 0);
  if (!first) {
    return undefined;
  }
  if (!volumeSize || !blockSize || blockSize < 2 ** 16) {
    throw new Unable(`nobody says how large the snapshot ${snapshotId} and its blocks are`);
  }
  return {
    volumeBytes: volumeSize * GIB,
    blockBytes: blockSize,
    block: async (index) => {
      const { first: block } = await firstFrom(clients, snapshotId, index);
      return block?.BlockIndex === index ? readBlock(clients, snapshotId, block, blockSize) : undefined;
    },
  };
}

/** The first block from an index on that the snapshot holds. */
async function firstFrom(clients: AwsClients, snapshotId: string, index: number) {
  let token: string | undefined;
  for (;;) {
    const command = new ListSnapshotBlocksCommand({
      SnapshotId: snapshotId,
      StartingBlockIndex: index,
      MaxResults: FEWEST,
      NextToken: token,
    });
    const page = await ask(`the blocks of ${snapshotId} cannot be listed`, () =>
      clients.ebs().send(command, { abortSignal: clients.signal }),
    );
    const [first] = page.Blocks ?? [];
    if (first || !page.NextToken) {
      return { first, volumeSize: page.VolumeSize, blockSize: page.BlockSize };
    }
    token = page.NextToken;
  }
}

async function readBlock(clients: AwsClients, snapshotId: string, block: Block, blockSize: number): Promise<Buffer> {
  const { BlockIndex: index, BlockToken: token } = block;
  const command = new GetSnapshotBlockCommand({ SnapshotId: snapshotId, BlockIndex: index, BlockToken: token });
  const { found, bytes } = await ask(`block ${index} of ${snapshotId} cannot be read`, async () => {
    const answer = await clients.ebs().send(command, { abortSignal: clients.signal });
    return { found: answer, bytes: Buffer.from((await answer.BlockData?.transformToByteArray()) ?? []) };
  });
  const sum = createHash('sha256').update(bytes).digest('base64');
  if (found.ChecksumAlgorithm !== 'SHA256' || found.Checksum !== sum || bytes.length !== blockSize) {
    throw new DamagedBlock(`block ${index} of ${snapshotId} is not what its checksum says`);
  }
  return bytes;
}
