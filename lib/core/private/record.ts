import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { Assessment, Finding } from '../../model/assessment';
import { assess } from '../../model/assessor';
import type { Fact, ObjectiveFact } from '../../model/facts';
import type { PlanWatch } from '../../model/freshness';
import { type RecoveryReportJson, renderMarkdown, renderText, toReport } from '../../model/report';
import type { VerifiedPlace } from '../../model/verification';
import { ConfigurationError } from './errors';
import { type Inventory, isAttached, takeInventory } from './inventory';
import { OwnResources } from './own-resources';
import { warn } from './problems';

/** Whoever protects something tells it here; asked once per synth, when the whole tree is known. */
export interface FactSource {
  /** Whose facts these are: they are gone when it is taken out of the app. */
  readonly owner?: IConstruct;
  facts(inventory: Inventory): readonly Fact[];
  /** What follows from the facts of all others, such as which copies are tested; asked when they are known. */
  conclude?(facts: readonly Fact[]): readonly Fact[];
  /** What somebody has to look after once it is deployed; asked by whoever looks. */
  watched?(): readonly PlanWatch[];
  /** Where restores are tested; asked by whoever shows it. */
  verified?(): readonly VerifiedPlace[];
}

/** Whoever looks after plans once they are deployed tells it here. */
export interface Watcher {
  readonly owner: IConstruct;
  /** Whether it looks after the plan of this path. */
  covers(by: string): boolean;
}

const ID = 'RecoveryRecord';

/** What all constructs of one stage have recorded; judges it when the app is synthesised and writes the report beside the templates. */
export class RecoveryRecord extends Construct {
  /** The record of the stage that `scope` is in. */
  public static of(scope: IConstruct): RecoveryRecord {
    // Stage.of() of a stage is the one around it
    const stage = Stage.isStage(scope) ? scope : (Stage.of(scope) ?? scope.node.root);
    const found = stage.node.tryFindChild(ID);
    if (found && !(found instanceof RecoveryRecord)) {
      const message = `'${found.node.path}' has the id of the record that this library keeps for each stage: rename it`;
      throw new ConfigurationError('NameTaken', message, scope);
    }
    return found ?? new RecoveryRecord(stage as Construct);
  }

  /** What becomes of a stateful resource that nobody protects or excludes; left out: as the stage around this one says. */
  public unprotected?: 'warn' | 'error' | 'ignore';
  /** Whether `cdk synth` prints the report; left out: as the stage around this one says. */
  public printed?: boolean;

  private readonly sources: FactSource[] = [];
  private readonly watchers: Watcher[] = [];
  private readonly warned = new Set<string>();
  private report?: RecoveryReportJson;

  private constructor(stage: Construct) {
    super(stage, ID);
    this.node.addValidation({ validate: () => this.judge() });
    attachCustomSynthesis(this, { onSynthesize: ({ outdir }) => this.write(outdir) });
  }

  public add(source: FactSource): void {
    this.sources.push(source);
  }

  /** The assessor's answer for the tree as it stands. */
  public assess(): Assessment {
    return this.look().assessment;
  }

  /** The assessor's answer, with the facts that it goes by and what was promised by whom. */
  public look(): { readonly assessment: Assessment; readonly facts: readonly Fact[]; readonly objectives: readonly ObjectiveFact[] } {
    // a stage without a record of its own judges nothing, so it is looked at from here
    const own = new OwnResources();
    const inventory = takeInventory(
      this.stage as Stage,
      (nested) => nested.node.tryFindChild(ID) === undefined,
      (cfn) => own.meet(cfn),
    );
    const told = this.present().flatMap((source) => source.facts(inventory));
    const facts = [...told, ...this.present().flatMap((source) => source.conclude?.(told) ?? []), ...own.concerns(inventory)];
    const stateful = [...inventory.values()].map(({ id, name, type, label }) => ({ id, name, type, label }));
    return {
      assessment: assess(facts, stateful, { unprotected: this.settled('unprotected') ?? 'warn' }),
      facts,
      objectives: facts.filter((fact) => fact.kind === 'objective'),
    };
  }

  /** The backup plans of the stage, with what they promise as the tree stands. */
  public watched(): readonly PlanWatch[] {
    return this.present().flatMap((source) => source.watched?.() ?? []);
  }

  /** Where restores of the stage are tested. */
  public verified(): readonly VerifiedPlace[] {
    return this.present().flatMap((source) => source.verified?.() ?? []);
  }

  public addWatcher(watcher: Watcher): void {
    this.watchers.push(watcher);
  }

  /** Tells each stack of its plans that nobody looks after, unless that is acknowledged. */
  private warnOfUnwatched(): void {
    const watchers = this.watchers.filter(({ owner }) => isAttached(owner));
    const unwatched = this.watched().filter(({ by }) => !watchers.some((watcher) => watcher.covers(by)));
    const byStack = new Map<Stack, string[]>();
    for (const { by } of unwatched) {
      const stack = Stack.of(this.constructAt(by));
      byStack.set(stack, [...(byStack.get(stack) ?? []), by]);
    }
    for (const [stack, [by, ...more]] of byStack) {
      const others = more.length === 0 ? '' : ` and ${more.length} more`;
      const message = `no watch looks after '${by}'${others}, so that a backup that silently stops looks like one that works: add a RecoveryWatch to the stage, or acknowledge this`;
      this.warnOnce({ severity: 'warning', code: 'PlanNotWatched', at: stack.node.path, message });
    }
  }

  private present(): readonly FactSource[] {
    return this.sources.filter(({ owner }) => owner === undefined || isAttached(owner));
  }

  /** What was set here, or else at the nearest stage around this one. */
  private settled<K extends 'unprotected' | 'printed'>(setting: K): RecoveryRecord[K] {
    const around = Stage.of(this.stage)?.node.tryFindChild(ID) as RecoveryRecord | undefined;
    return this[setting] ?? around?.settled(setting);
  }

  private get stage(): IConstruct {
    return this.node.scope as IConstruct;
  }

  private judge(): string[] {
    const assessment = this.assess();
    this.report = toReport(assessment, this.stage.node.path);
    for (const finding of assessment.findings.filter(({ severity }) => severity === 'warning')) {
      this.warnOnce(finding);
    }
    this.warnOfUnwatched();
    const errors = assessment.findings.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) {
      // synth ends here, and this is when the report is needed most
      this.write((this.stage as Stage).outdir);
    }
    return errors.map(({ message, code, at }) => `${message} (${code} at '${at}')`);
  }

  private warnOnce(finding: Finding): void {
    const key = JSON.stringify([finding.at, finding.code, finding.message]);
    if (!this.warned.has(key)) {
      this.warned.add(key);
      warn(this.constructAt(finding.at), finding.code, finding.message);
    }
  }

  private constructAt(path: string): IConstruct {
    const prefix = this.stage.node.path;
    const relative = prefix && path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : path;
    let found: IConstruct = this.stage;
    for (const id of relative.split('/')) {
      const child = found.node.tryFindChild(id);
      if (!child) {
        return found;
      }
      found = child;
    }
    return found;
  }

  private write(outdir: string): void {
    const report = this.report ?? toReport(this.assess(), this.stage.node.path);
    mkdirSync(outdir, { recursive: true });
    writeFileSync(join(outdir, 'recovery-report.json'), `${JSON.stringify(report, undefined, 1)}\n`);
    writeFileSync(join(outdir, 'recovery-report.md'), renderMarkdown(report));
    if (this.settled('printed') !== false && process.env.CDK_OUTDIR) {
      process.stderr.write(`${renderText(report, { width: process.stderr.columns ?? 120, findings: false })}\n`);
    }
  }
}
