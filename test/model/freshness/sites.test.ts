import * as fc from 'fast-check';
import type { Term } from '../../../lib/model/facts';
import { configsOf, MAX_CONFIG_BYTES, type PlanWatch, type PromisedCopy, sitesOf, sizeOf } from '../../../lib/model/freshness';
import { HOUR, MINUTE } from '../../../lib/model/time';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const OWN = '111122223333';
const OTHER = '444455556666';
const MARGIN = 15 * MINUTE;
const hours = (n: number): Term[] => [{ name: 'longest gap', ms: n * HOUR, basis: 'configured' }];
const copy = (container: string, more: Partial<PromisedCopy['place']> = {}, staleness = hours(2)): PromisedCopy => ({
  place: { region: TOKYO, account: OWN, container, ...more },
  form: 'points',
  staleness,
});
const plan = (copies: PromisedCopy[], more: Partial<PlanWatch> = {}): PlanWatch => ({
  by: 'Orders/Plan',
  planName: 'orders',
  place: { region: TOKYO, account: OWN },
  promises: [{ type: 'DynamoDB', copies }],
  ...more,
});
const configs = (plans: PlanWatch[], misses = 0) =>
  sitesOf(plans, misses).sites.map((site) => [site.region, site.account, configsOf(site, 'watch', misses)]);

describe('where somebody has to look', () => {
  test('is the Region of the plan at every place, and each other Region at what lies there', () => {
    const home = { name: 'orders', label: 'Orders/Plan' };
    expect(configs([plan([copy('main'), copy('main', { region: OSAKA }, hours(3))])])).toEqual([
      [
        TOKYO,
        OWN,
        [
          {
            watch: 'watch',
            plans: [
              {
                ...home,
                promises: [
                  {
                    types: ['DynamoDB'],
                    copies: [
                      { vault: 0, thresholdMs: 2 * HOUR + MARGIN },
                      { vault: 1, thresholdMs: 3 * HOUR + MARGIN },
                    ],
                  },
                ],
              },
            ],
            vaults: [{ name: 'main' }, { name: 'main', region: OSAKA }],
          },
        ],
      ],
      [
        OSAKA,
        OWN,
        [
          {
            watch: 'watch',
            plans: [
              { ...home, region: TOKYO, promises: [{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: 3 * HOUR + MARGIN }] }] },
            ],
            vaults: [{ name: 'main' }],
          },
        ],
      ],
    ]);
  });

  test('is another account only for whether something arrives, as often as the most frequent promise says', () => {
    const far = { account: OTHER, region: OSAKA };
    const rare = plan([copy('far', far, hours(30))], { by: 'Orders/Rare' });
    const [, [region, account, [config]]] = configs([plan([copy('main'), copy('far', far, hours(5))]), rare]) as [
      unknown,
      [string, string, object[]],
    ];
    expect([region, account, config]).toEqual([
      OSAKA,
      OTHER,
      { watch: 'watch', plans: [], vaults: [{ name: 'far', pulseMs: 5 * HOUR + MARGIN }] },
    ]);
  });

  test('is another account for what is expected at all, where the age of something there cannot be', () => {
    const far = { account: OTHER };
    for (const copies of [
      [copy('far', far, []), copy('far', far)],
      [copy('far', far), copy('far', far, [])],
    ]) {
      const [, [, , [config]]] = configs([plan(copies)]) as [unknown, [string, string, { vaults: object[] }[]]];
      expect(config.vaults).toEqual([{ name: 'far', pulseMs: 2 * HOUR + MARGIN }]);
    }
  });

  test('is another Region only for arrivals, where the Region of the plan is known to nobody', () => {
    const unknown = { region: undefined, account: undefined };
    const agnostic = plan([copy('main', unknown), copy('main', { region: OSAKA, account: undefined })], { place: {} });
    const [[, , [home]], [region, , [far]]] = configs([agnostic]) as [string, string, { plans: object[]; vaults: object[] }[]][];
    expect(home.vaults).toEqual([{ name: 'main' }, { name: 'main', region: OSAKA }]);
    expect([region, far]).toEqual([OSAKA, { watch: 'watch', plans: [], vaults: [{ name: 'main', pulseMs: 2 * HOUR + MARGIN }] }]);
  });

  test('is another Region once, however many types have a place there', () => {
    const copies = [copy('main', { region: OSAKA }), copy('spare', { region: OSAKA })];
    const [, [, , [config]]] = configs([plan(copies)]) as [unknown, [string, string, { plans: object[]; vaults: object[] }[]]];
    expect(config).toMatchObject({ plans: [{ name: 'orders' }], vaults: [{ name: 'main' }, { name: 'spare' }] });
  });

  test('is nowhere where nothing can be expected', () => {
    const far = plan([copy('far', { account: OTHER }, [])], { promises: [{ type: 'S3', copies: [copy('far', { account: OTHER }, [])] }] });
    expect(configs([far]).map(([, account, made]) => [account, (made as unknown[]).length])).toEqual([
      [OWN, 1],
      [OTHER, 0],
    ]);
  });

  test('is told where the name of a vault is not known', () => {
    const { unwatched } = sitesOf([plan([copy('Orders/Imported'), copy('main')]), plan([copy('Orders/Imported')])], 0);
    expect(unwatched).toEqual([{ by: 'Orders/Plan', words: "vault 'Orders/Imported', whose name is only known at deploy time" }]);
    const [[, , [config]]] = configs([plan([copy('Orders/Imported'), copy('main')])]) as [string, string, { vaults: object[] }[]][];
    expect(config.vaults).toEqual([{ name: 'main' }]);
  });
});

describe('a configuration', () => {
  const [[, , [config]]] = configs([
    plan([], {
      promises: [
        { type: 'DynamoDB', copies: [copy('main')] },
        { type: 'EBS', copies: [copy('main')] },
        { type: 'RDS', copies: [{ ...copy('main'), form: 'continuous' }, copy('main', {}, [])] },
        { type: 'S3', copies: [] },
      ],
    }),
  ]) as [string, string, { plans: { promises: object[] }[]; vaults: object[] }[]][];

  test('has types with the same places once', () => {
    expect(config.plans[0].promises).toEqual([
      { types: ['DynamoDB', 'EBS'], copies: [{ vault: 0, thresholdMs: 2 * HOUR + MARGIN }] },
      { types: ['RDS'], copies: [{ vault: 0, continuous: true, thresholdMs: 2 * HOUR + 25 * MINUTE }, { vault: 0 }] },
      { types: ['S3'], copies: [] },
    ]);
  });

  test('has each vault once', () => {
    expect(config.vaults).toEqual([{ name: 'main' }]);
  });

  test('counts the runs that may be missed', () => {
    const [[, , [patient]]] = configs([plan([copy('main')])], 2) as [string, string, { plans: { promises: object[] }[] }[]][];
    expect(patient.plans[0].promises).toEqual([{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: 6 * HOUR + MARGIN }] }]);
  });

  test('is split between functions where it would not fit into environment variables, each plan whole and in one', () => {
    const names = fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 60 });
    fc.assert(
      fc.property(names, (labels) => {
        const plans = labels.map((by, i) => plan([copy('main'), copy('main', { region: OSAKA })], { by, planName: `plan-${i}` }));
        const made = sitesOf(plans, 0).sites.flatMap((site) => (site.region === TOKYO ? configsOf(site, 'watch', 0) : []));
        expect(made.flatMap((one) => one.plans.map(({ name }) => name))).toEqual(plans.map(({ planName }) => planName));
        expect(made.filter((one) => one.plans.length > 1 && sizeOf(one) > MAX_CONFIG_BYTES)).toEqual([]);
        expect(new Set(made.map(({ watch }) => watch)).size).toBe(made.length);
        expect(made.flatMap((one) => one.vaults.map(({ name }) => name))).toHaveLength(2 * made.length);
      }),
      {
        numRuns: 50,
        examples: [[Array.from({ length: 60 }, (_, i) => `Orders/Überwachung/${'x'.repeat(50)}/${i}`)], [['x'.repeat(4000), 'y']]],
      },
    );
  });
});
