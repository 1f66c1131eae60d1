import { randomUUID } from "node:crypto";
import { GrowthBook } from "@growthbook/growthbook";
import { Collector } from "../support/collector.js";
import { expect, test } from "../support/test.js";

/**
 * Assignment against its outside oracle: the SDK whose published hash and ranges ours follow.
 * Each visitor is asked about every experiment, in one bootstrap.
 */

/** Times the number of experiments: more than ten thousand answers are compared. */
const VISITORS = 600;
/** Tried out offline to find visitors whose bucket lies exactly on the end of a range. */
const CANDIDATES = 60_000;

interface Split {
  key: string;
  weights: number[];
  /** In percent. */
  allocation: number;
}

/** Weights with few decimals, uneven ones, many arms; nobody, one in a hundred, everybody. */
const SPLITS: Split[] = [
  [50, 50],
  [1, 1, 1],
  [90, 10],
  [33.3, 33.3, 33.4],
  [0.1, 0.2, 0.3, 0.4],
  [1, 2, 3, 4, 5, 6, 7],
  [99.99, 0.01],
].flatMap((weights, at) =>
  [0, 1, 30, 100].map((allocation) => ({ key: `split-${at}-${allocation}`, weights, allocation })),
);

test("every assignment is the one that GrowthBook makes", async () => {
  const collector = await Collector.start([{ projectKey: "demo", origins: [], experiments }]);
  const visitors = [...Array.from({ length: VISITORS }, () => randomUUID()), ...onRangeEnds()];
  const differences: string[] = [];
  let taken = 0;
  for (const visitor of visitors) {
    const ours = await assigned(collector, visitor);
    for (const split of SPLITS) {
      const theirs = oracle(split, visitor).variant;
      if (ours[split.key] !== theirs) {
        differences.push(`${visitor} in ${split.key}: ${ours[split.key]}, not ${theirs}`);
      }
      taken += Number(theirs !== undefined);
    }
  }
  await collector.close();
  expect(differences).toEqual([]);
  // Both answers occurred, and often.
  const compared = visitors.length * SPLITS.length;
  expect(compared).toBeGreaterThan(10_000);
  expect(taken).toBeGreaterThan(compared / 5);
  expect(taken).toBeLessThan((compared * 4) / 5);
});

const experiments = SPLITS.map(({ key, weights, allocation }) => ({
  experimentKey: key,
  status: "running",
  allocation,
  urlRules: [{ match: "contains", pattern: "/" }],
  variants: weights.map((weight, at) => ({
    variantKey: `v${at}`,
    weight,
    isControl: at === 0,
  })),
}));

async function assigned(collector: Collector, visitor: string): Promise<Record<string, string>> {
  const query = new URLSearchParams({ projectKey: "demo", anonymousId: visitor });
  const answer = await fetch(`${collector.origin}/sdk/bootstrap?${query}`);
  const blob = (await answer.json()) as {
    experiments: { experimentKey: string; variant: { key: string } }[];
  };
  return Object.fromEntries(blob.experiments.map((e) => [e.experimentKey, e.variant.key]));
}

function oracle(split: Split, visitor: string): { variant?: string; bucket?: number } {
  const growthbook = new GrowthBook({ attributes: { id: visitor } });
  const result = growthbook.run({
    key: split.key,
    hashVersion: 2,
    variations: split.weights.map((_, at) => at) as [number, number, ...number[]],
    weights: normalised(split.weights),
    coverage: split.allocation / 100,
  });
  growthbook.destroy();
  const variant = result.inExperiment ? `v${result.variationId}` : undefined;
  return { variant, bucket: result.bucket };
}

function normalised(weights: number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Visitors who fall on the first or the last bucket of some range. */
function onRangeEnds(): string[] {
  const split = SPLITS.find(({ key }) => key === "split-2-100") as Split;
  const ends = new Set([0, 0.8999, 0.9, 0.9999]);
  const candidates = Array.from({ length: CANDIDATES }, () => randomUUID());
  const found = candidates.filter((id) => ends.has(oracle(split, id).bucket ?? -1));
  // Four of ten thousand buckets: some two dozen are expected.
  expect(found.length).toBeGreaterThan(4);
  return found;
}
