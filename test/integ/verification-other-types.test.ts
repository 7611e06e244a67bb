import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeFileSystemsCommand, DescribeMountTargetsCommand, EFSClient } from '@aws-sdk/client-efs';
import { GetFunctionConfigurationCommand, type GetFunctionConfigurationCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { describeWithEmulator } from '../emulator/harness';
import { REGION, Verified } from './fixtures/verified';

jest.setTimeout(300_000);

describeWithEmulator('verification of file systems, and of clusters that no SQL reads, deployed by the CDK command line', (emulator) => {
  const app = new Verified(emulator, {
    file: 'other-types-app.ts',
    prefix: 'restore-tests/',
    context: () => ({ port: (server.address() as AddressInfo).port }),
  });
  const server = createServer((request, response) => response.writeHead(request.url === '/health' ? 200 : 404).end());
  const efs = () => new EFSClient(emulator().client(REGION));
  let plan: string;
  let reader: GetFunctionConfigurationCommandOutput;
  let folder: string;

  const readerNow = (FunctionName = reader.FunctionName) =>
    new LambdaClient(emulator().client(REGION)).send(new GetFunctionConfigurationCommand({ FunctionName }));

  /** A file system with what is in the folder, backed up and restored. */
  async function testFiles(logicalId: string, restoredMounts: 'works' | 'timesOut' | 'silent' = 'works'): Promise<string> {
    const id = await app.idOf('AWS::EFS::FileSystem', logicalId);
    const arn = app.arnOf('elasticfilesystem', `file-system/${id}`);
    await app.control.fillFileSystem(id, { region: REGION, folder, restoredMounts });
    await app.backUp(arn);
    return app.restore(plan, arn);
  }

  /** Neither a file system, nor what it was mounted by, nor a function that has it or runs elsewhere. */
  async function expectNothingLeft(): Promise<void> {
    const { FileSystems = [] } = await efs().send(new DescribeFileSystemsCommand({}));
    expect(FileSystems).toHaveLength(2);
    for (const { FileSystemId } of FileSystems) {
      expect((await efs().send(new DescribeMountTargetsCommand({ FileSystemId }))).MountTargets).toEqual([]);
    }
    const now = await readerNow();
    expect(now.FileSystemConfigs ?? []).toEqual([]);
    expect(now.VpcConfig).toEqual(reader.VpcConfig);
    expect(await app.remains()).toEqual([]);
  }

  /** Content of a file that changes without its time, as damage does. */
  function overwrite(name: string, content: string): void {
    const { atime, mtime } = statSync(join(folder, name));
    writeFileSync(join(folder, name), content);
    utimesSync(join(folder, name), atime, mtime);
  }

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await app.deploy();
    plan = await app.idOf('AWS::Backup::RestoreTestingPlan');
    reader = await readerNow(await app.idOf('AWS::Lambda::Function', 'Reader'));
    folder = mkdtempSync(join(tmpdir(), 'files-'));
    mkdirSync(join(folder, 'shop'));
    for (const name of ['a', 'b', 'shop/c', 'shop/d']) {
      writeFileSync(join(folder, name), `content of ${name}`);
    }
  });
  afterAll(() => {
    app.dispose();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await app.control.healFaults();
    await app.control.forgetRequests();
  });

  test('files of a restored file system are read by the function that mounts it, and compared in the next test', async () => {
    const first = await testFiles('Files');
    expect(await app.endOf(first)).toMatchObject({ status: 'SUCCEEDED', verdict: { status: 'SUCCESSFUL' }, cleanUp: { status: 'clean' } });
    await app.removed(first);
    expect((await app.evidenceOf(first)).results).toMatchObject([{ kind: 'files', status: 'passed', found: '4 files; 4 read' }]);
    await expectNothingLeft();
    const second = await testFiles('Files');
    expect(await app.endOf(second)).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
    expect((await app.evidenceOf(second)).results[0].found).toMatch(/4 files compared/);
    await app.removed(second);
    await expectNothingLeft();
  });

  test('a file system that lies in one zone is mounted there, by a function that is moved there and back', async () => {
    const job = await testFiles('OneZone');
    expect(await app.endOf(job)).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
    await app.removed(job);
    const moves = await app.control.requests({ service: 'lambda', operation: 'UpdateFunctionConfiguration' });
    const subnets = moves.map(({ params }) => (params as { VpcConfig?: { SubnetIds: string[] } }).VpcConfig?.SubnetIds);
    expect(subnets).toEqual([[expect.stringMatching(/^subnet-/)], reader.VpcConfig?.SubnetIds]);
    await expectNothingLeft();
  });

  test('two file systems that are restored at once are read one after the other', async () => {
    const jobs = [await testFiles('Files'), await testFiles('OneZone')];
    for (const job of jobs) {
      expect(await app.endOf(job)).toMatchObject({ verdict: { status: 'SUCCESSFUL' }, cleanUp: { status: 'clean' } });
      await app.removed(job);
    }
    await expectNothingLeft();
  });

  test('a restored file system that lacks files is FAILED', async () => {
    rmSync(join(folder, 'shop'), { recursive: true });
    await app.expectFailure(await testFiles('Files'), /found 2 files; .*shop\/[cd] is missing/);
    await expectNothingLeft();
  });

  test('a file whose content has changed without its time is FAILED', async () => {
    mkdirSync(join(folder, 'shop'));
    for (const name of ['shop/c', 'shop/d']) {
      writeFileSync(join(folder, name), `content of ${name}`);
    }
    overwrite('a', 'damage of a');
    await app.expectFailure(await testFiles('Files'), /a has another content/);
    await expectNothingLeft();
    overwrite('a', 'content of a');
  });

  test.each([
    ['times out', 'timesOut', /the function that reads files cannot be called: .*EFSMountTimeoutException/],
    ['never answers', 'silent', /the function that reads files failed: Unhandled/],
  ] as const)('a mount that %s is FAILED', async (_case, mounts, reason) => {
    await app.expectFailure(await testFiles('Files', mounts), reason);
    await expectNothingLeft();
  });

  test('a check that may not make an access point is FAILED', async () => {
    await app.control.plantFault({ kind: 'accessDenied', service: 'efs', operation: 'CreateAccessPoint', times: 1000 });
    await app.expectFailure(await testFiles('Files'), /an access point cannot be made: .*may not do it/);
    await expectNothingLeft();
  });

  test('what the check may not remove is removed by the last step of the test, and the check has not passed', async () => {
    await app.control.plantFault({ kind: 'accessDenied', service: 'efs', operation: 'DeleteAccessPoint', times: 1 });
    await app.expectFailure(await testFiles('Files'), /access point .* cannot be removed while it is available: .*may not do it/);
    await expectNothingLeft();
  });

  test.each([
    ['documents', 'docdb on port 27017'],
    ['graph', 'neptune on port 8182'],
  ])('a restored cluster (%s) is given an instance, so that a check can ask it, and both go again', async (name, found) => {
    const arn = app.arnOf('rds', `cluster:${name}`);
    await app.backUp(arn);
    const job = await app.restore(plan, arn);
    expect(await app.endOf(job)).toMatchObject({ status: 'SUCCEEDED', verdict: { status: 'SUCCESSFUL' }, cleanUp: { status: 'clean' } });
    await app.removed(job);
    expect((await app.evidenceOf(job)).results).toMatchObject([
      { name: 'answers', status: 'passed', found },
      { name: 'health', status: 'passed', found: 'status 200' },
    ]);
    const calls = (await app.control.requests({ service: 'rds' })).map(({ operation }) => operation);
    const changes = ['CreateDBInstance', 'DeleteDBInstance', 'DeleteDBCluster'];
    expect(calls.filter((operation) => changes.includes(operation))).toEqual(changes);
    await expectNothingLeft();
  });

  test('a cluster whose instance cannot be made is FAILED, and goes', async () => {
    await app.control.plantFault({ kind: 'accessDenied', service: 'rds', operation: 'CreateDBInstance', times: 1000 });
    await app.expectFailure(await app.restore(plan, app.arnOf('rds', 'cluster:graph')), /could not look: .*denied/i);
    await expectNothingLeft();
  });
});
