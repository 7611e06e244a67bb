import { DescribeContinuousBackupsCommand, TableNotFoundException } from '@aws-sdk/client-dynamodb';
import type { AwsClients } from './aws-clients';
import { paced } from './paced';
import type { Ports } from './ports';

/** DynamoDB takes ten calls a second (API reference: DescribeContinuousBackups), and others may ask too. */
const MS_PER_CALL = 125;

/** Point-in-time recovery of tables. There is no list of it: each table is asked for. */
export function tablePorts({ dynamodb, signal }: AwsClients): Pick<Ports, 'tableRecovery'> {
  const turn = paced(MS_PER_CALL, signal);
  return {
    tableRecovery: async (region, TableName) => {
      await turn(region);
      const request = new DescribeContinuousBackupsCommand({ TableName });
      const answer = await dynamodb(region)
        .send(request, { abortSignal: signal })
        .catch((error: unknown) => {
          if (error instanceof TableNotFoundException) {
            return undefined;
          }
          throw error;
        });
      const recovery = answer?.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      return (
        answer && {
          isOn: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
          latestRestorableMs: recovery?.LatestRestorableDateTime?.getTime(),
        }
      );
    },
  };
}
