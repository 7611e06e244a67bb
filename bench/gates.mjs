/** Time, memory and work may exceed what is written by hand by this factor. */
const AT_MOST = 1.15;
/** A run of N=10 is mostly start-up: constructs and resolved tokens of a plan weigh on it whatever their cost. */
const WORK_FROM = 100;
/** Garbage collection makes every large synth cost more per resource, by hand too: only what comes on top is ours. */
const GROWTH_AT_MOST = 1.25;
/** AWS Backup takes at most this many ARNs in one selection. */
const ARNS_PER_SELECTION = 500;

/** Everything that has to hold, with its measured value. */
export function gatesOf(results, limits, timed) {
  const gate = (name, value, limit) => ({ name, value, limit, holds: value <= limit });
  const pairs = results.flatMap(({ size, variants: { 'by hand': hand, 'cdk-recovery': library } }) => [
    ...(timed ? [gate(`N=${size}: time against by hand`, library.seconds / hand.seconds, AT_MOST)] : []),
    gate(`N=${size}: memory against by hand`, library.rssMiB / hand.rssMiB, AT_MOST),
    ...(size >= WORK_FROM
      ? [
          gate(`N=${size}: constructs against by hand`, library.constructs / hand.constructs, AT_MOST),
          gate(`N=${size}: Stack.resolve against by hand`, library.resolves / hand.resolves, AT_MOST),
        ]
      : []),
  ]);
  const added = ({ variants }) => variants['cdk-recovery'].resources - variants.unprotected.resources;
  const selections = ({ variants }) => variants['cdk-recovery'].selections;
  return [
    ...pairs,
    ...(results.length > 2 ? [gate('Stack.resolve per resource, second half against first', growth(results, 'resolves'), 1.05)] : []),
    ...(timed && results.length > 2
      ? [
          gate(
            'growth of time per resource, second half against first, over that of by hand',
            growth(results, 'seconds') / growth(results, 'seconds', 'by hand'),
            GROWTH_AT_MOST,
          ),
        ]
      : []),
    gate(
      `resources added by protection but selections, N=${limits.size} less N=${results[0].size}`,
      added(limits) - selections(limits) - (added(results[0]) - selections(results[0])),
      0,
    ),
    gate(
      `ARNs in the largest selection, ${3 * limits.size} protected resources`,
      limits.variants['cdk-recovery'].largestSelection,
      ARNS_PER_SELECTION,
    ),
  ];
}

/** How much more the last sizes cost for one more resource than the first: 1 is linear. */
function growth(results, property, variant = 'cdk-recovery') {
  const cost = ({ variants }) => variants[variant][property];
  const slope = (from, to) => (cost(to) - cost(from)) / (to.size - from.size);
  const [first, middle, last] = [results[0], results.at(-2), results.at(-1)];
  return slope(middle, last) / slope(first, middle);
}
