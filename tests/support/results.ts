import type { Collector } from "./collector.js";

/** What the API answers, as far as tests look at it. */
export interface Results {
  variants: { variantKey: string; exposures: number }[];
  goals: { goalKey: string; variants: GoalVariant[] }[];
}

export interface GoalVariant {
  variantKey: string;
  exposures: number;
  conversions: number;
  totalConversions: number;
  revenue?: { currency: string; orders: number; gross: string; net: string }[];
}

export interface Daily {
  days: { day: string; goals: { goalKey: string; variants: GoalVariant[] }[] }[];
}

export const GOALS = [
  "order",
  "add-to-cart",
  "aov",
  "thank-you",
  "checkout",
  "newsletter",
] as const;

/** The stored numbers of one experiment, without the time they were asked at. */
export async function stored(collector: Collector, experiment: string): Promise<Results> {
  const { variants, goals } = await collector.api<Results>(`${experiment}/results`);
  return { variants, goals };
}

/** The visitors of a variant. */
export async function exposures(
  collector: Collector,
  experiment: string,
  variant: string,
): Promise<number | undefined> {
  const { variants } = await stored(collector, experiment);
  return variants.find((found) => found.variantKey === variant)?.exposures;
}

/** `{goal: [conversions, totalConversions]}` of one variant. */
export async function conversions(
  collector: Collector,
  experiment: string,
  variant: string,
): Promise<Record<string, [number, number]>> {
  const { goals } = await stored(collector, experiment);
  const counted = goals.map(({ goalKey, variants }) => {
    const found = variants.find(({ variantKey }) => variantKey === variant);
    return [goalKey, [found?.conversions, found?.totalConversions]];
  });
  return Object.fromEntries(counted);
}

/** The revenue of one variant. */
export async function revenue(
  collector: Collector,
  experiment: string,
  variant: string,
): Promise<GoalVariant["revenue"]> {
  const { goals } = await stored(collector, experiment);
  const goal = goals.find(({ goalKey }) => goalKey === "aov");
  return goal?.variants.find(({ variantKey }) => variantKey === variant)?.revenue;
}
