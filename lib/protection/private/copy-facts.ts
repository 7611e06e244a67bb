import { differ } from '../../model/differ';
import type { CopyFact, KeyFact, Place, Term } from '../../model/facts';
import { copyObstacle } from '../../model/limits';
import { abilitiesOf, labelOf, type ResourceType } from '../../model/services';
import { alwaysSwallowed, claimsOf, type JobTimes, type PlaceClaim, type RuleModel } from '../../model/worst-case';
import type { BoundRule } from './bound-rule';
import type { VaultPlace } from './places';

/** Everything of a CopyFact that does not depend on the resource. */
export interface CopyTemplate {
  readonly fact: Omit<CopyFact, 'resource' | 'restore' | 'key'>;
  /** The vault's key; left out where recovery points keep the key of the resource. */
  readonly key?: KeyFact;
}

/** What the rules of a plan do for one type of resource. */
export interface TypeClaims {
  readonly templates: readonly CopyTemplate[];
  /** Sentences about what weakens the claims. */
  readonly cautions: readonly string[];
}

const TEMPORARY = ' (until copied)';

/** The copies that rules make of a resource of one type whose jobs take so long; the same for all such resources. */
export function claimsForType(by: string, rules: readonly BoundRule[], type: ResourceType, times: JobTimes): TypeClaims {
  const places = new Map(rules.flatMap((rule) => placesOf(rule)).map((place) => [place.container, place]));
  const claims = claimsOf(
    rules.flatMap((rule) => modelFor(rule, type)),
    times,
  ).filter(({ container }) => places.has(container));
  const points = claims.map((claim) => pointsFact(by, places.get(claim.container) as VaultPlace, rules[0].place.place, claim, type));
  return {
    templates: [
      ...continuousFacts(by, rules, type),
      ...points,
      ...unknownFacts(by, rules, type, claims),
      ...impossibleFacts(by, rules, type),
    ],
    cautions: claims.flatMap(({ cautions }) => cautions),
  };
}

/** Whether a rule keeps a continuous recovery point of this type; AWS Backup makes plain ones of all others. */
export function isContinuous(rule: BoundRule, type: ResourceType): boolean {
  return rule.continuous && !goesAirGapped(rule, type) && abilitiesOf(type).continuous?.by === 'AWS Backup';
}

/** Why a copy action of a rule does nothing for this type; recovery points in the rule's own vault are no copies. */
function obstacleTo(rule: BoundRule, destination: VaultPlace, type: ResourceType): string | undefined {
  if (destination === rule.place || destination === rule.airGapped) {
    return undefined;
  }
  if (destination.airGapped && !abilitiesOf(type).airGapped) {
    return `a logically air-gapped vault takes no recovery points of ${labelOf(type)}`;
  }
  return copyObstacle(type, {
    otherRegion: differ(destination.place.region, rule.place.place.region),
    otherAccount: differ(destination.place.account, rule.place.place.account),
  });
}

function placesOf({ place, airGapped, copies }: BoundRule): readonly VaultPlace[] {
  return [place, ...(airGapped ? [airGapped] : []), ...copies.map((copy) => copy.place)];
}

/** Whether the recovery points of a type end up in the air-gapped vault of a rule. */
export function goesAirGapped({ airGapped }: BoundRule, type: ResourceType): boolean {
  return airGapped !== undefined && abilitiesOf(type).airGapped;
}

function modelFor(rule: BoundRule, type: ResourceType): readonly RuleModel[] {
  const { model, airGapped } = rule;
  if (!model) {
    return [];
  }
  const possible = new Set(
    rule.copies.filter(({ place }) => obstacleTo(rule, place, type) === undefined).map(({ place }) => place.container),
  );
  const copies = model.copies.filter(({ container }) => possible.has(container));
  const own = { ...model, copies, continuous: isContinuous(rule, type) };
  if (!airGapped || !goesAirGapped(rule, type)) {
    return [own];
  }
  // What AWS Backup does not manage fully passes through the standard vault and is deleted there once it is copied.
  const { container } = airGapped;
  return abilitiesOf(type).fullyManaged
    ? [{ ...own, container }]
    : [{ ...own, container: `${own.container}${TEMPORARY}`, copies: [{ container, keptMs: own.keptMs }, ...copies] }];
}

/** Copies are told by where they are: their vault usually has the name of the original. */
function copiesWords({ place, name }: VaultPlace, home: Place): string {
  const account = differ(place.account, home.account) ? [`account ${place.account}`] : [];
  const region = differ(place.region, home.region) ? [`${place.region}`] : [];
  const elsewhere = [...region, ...account].join(' of ');
  return `copies in ${elsewhere === '' ? `vault ${name}` : elsewhere}`;
}

function pointsFact(by: string, vault: VaultPlace, home: Place, claim: PlaceClaim, type: ResourceType): CopyTemplate {
  const { copyId, place, immutable, key } = vault;
  return {
    fact: {
      kind: 'copy',
      id: copyId,
      by,
      mechanism: claim.copied ? copiesWords(vault, home) : 'recovery points',
      form: 'points',
      place,
      medium: 'backup',
      staleness: claim.staleness,
      keptMs: claim.keptMs,
      shortestKeptMs: claim.shortestKeptMs,
      immutable,
      ...airGapOf(vault),
    },
    key: claim.copied || abilitiesOf(type).fullyManaged ? key : undefined,
  };
}

/**
 * A resource has one continuous recovery point: in one vault the longest retention wins, of several vaults the first. A rule
 * whose runs are all swallowed by others never makes one.
 */
function continuousFacts(by: string, rules: readonly BoundRule[], type: ResourceType): readonly CopyTemplate[] {
  const models = rules.flatMap((rule) => modelFor(rule, type));
  const able = rules.filter((rule) => rule.model && isContinuous(rule, type) && !alwaysSwallowed(models, rule.name));
  const [first] = able;
  const { continuous, fullyManaged } = abilitiesOf(type);
  if (!first || !continuous) {
    return [];
  }
  const kept = able.filter(({ place }) => place.container === first.place.container).map(({ model }) => model?.keptMs as number);
  const keptMs = Math.max(...kept);
  const lag: Term = { name: 'lag of continuous backup', ms: continuous.lagMs, basis: continuous.basis };
  const { copyId, place, immutable, key } = first.place;
  return [
    {
      fact: {
        kind: 'copy',
        id: `${copyId}, continuous`,
        by,
        mechanism: 'point-in-time recovery',
        form: 'continuous',
        place,
        medium: 'backup',
        staleness: [lag],
        keptMs,
        shortestKeptMs: keptMs,
        immutable,
      },
      key: fullyManaged ? key : undefined,
    },
  ];
}

/** Copies by rules that are only known at deploy time: they count, but nothing is promised of their age. */
function unknownFacts(by: string, rules: readonly BoundRule[], type: ResourceType, claims: readonly PlaceClaim[]): readonly CopyTemplate[] {
  const found = new Map<string, CopyTemplate>();
  const told = new Set(claims.map(({ container }) => container));
  for (const rule of rules.filter(({ model }) => model === undefined)) {
    const home = rule.airGapped && goesAirGapped(rule, type) ? rule.airGapped : rule.place;
    for (const place of [home, ...rule.copies.map((copy) => copy.place)]) {
      if (!told.has(place.container) && !found.has(place.container) && obstacleTo(rule, place, type) === undefined) {
        found.set(place.container, emptyFact(by, place, place !== home));
      }
    }
  }
  return [...found.values()];
}

function impossibleFacts(by: string, rules: readonly BoundRule[], type: ResourceType): readonly CopyTemplate[] {
  const found = new Map<string, CopyTemplate>();
  for (const rule of rules) {
    for (const { place } of rule.copies) {
      const impossible = obstacleTo(rule, place, type);
      if (impossible !== undefined && !found.has(place.container)) {
        const { fact, key } = emptyFact(by, place, true);
        found.set(place.container, { fact: { ...fact, impossible }, key });
      }
    }
  }
  return [...found.values()];
}

function emptyFact(by: string, vault: VaultPlace, copied: boolean): CopyTemplate {
  const { copyId, name, place, immutable, key } = vault;
  const mechanism = copied ? `copies in vault ${name}` : 'recovery points';
  const held = { place, immutable, ...airGapOf(vault) };
  return { fact: { kind: 'copy', id: copyId, by, mechanism, form: 'points', medium: 'backup', staleness: [], ...held }, key };
}

function airGapOf({ airGapped }: VaultPlace): Pick<CopyFact, 'airGapped'> {
  return airGapped ? { airGapped } : {};
}
