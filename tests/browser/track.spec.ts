import { expect, settled, test } from "../support/lab.js";

/** A payload as an expression, the revenue that must be stored in cents, and the reasons told. */
interface Passed {
  payload: string;
  cents: number | null;
  reasons?: string[];
}

const BAD = ["badPayload"];
const PAYLOADS: Record<string, Passed> = {
  none: { payload: "undefined", cents: null },
  plain: { payload: "{ revenue: 99.9, currency: 'USD' }", cents: 9990 },
  "a circle": {
    payload: "(() => { const p = { revenue: 5 }; p.self = p; return p })()",
    cents: 500,
    reasons: BAD,
  },
  "a BigInt": { payload: "{ revenue: 5, order_id: 12345678901234567890n }", cents: 500 },
  "a BigInt as revenue": { payload: "{ revenue: 5n }", cents: 500 },
  functions: { payload: "{ revenue: 5, call() { throw 1 } }", cents: 500, reasons: BAD },
  "a list of functions": {
    payload: "{ revenue: 5, calls: [() => { throw 1 }] }",
    cents: 500,
    reasons: BAD,
  },
  "a getter that throws": {
    payload: "{ revenue: 5, get x() { throw 1 } }",
    cents: 500,
    reasons: BAD,
  },
  "half an emoji": { payload: "{ revenue: 5, '\\ud83d': '\\ud83d!' }", cents: 500 },
  "a toJSON that throws": {
    payload: "{ revenue: 5, toJSON() { throw 1 } }",
    cents: 500,
    reasons: BAD,
  },
  "a toJSON that makes text of it": {
    payload: "{ revenue: 5, toJSON: () => 'x' }",
    cents: null,
    reasons: BAD,
  },
  "a toJSON without end": {
    payload:
      "(() => { const p = { revenue: 5 }; p.toJSON = () => ({ toJSON: p.toJSON }); return p })()",
    cents: null,
    reasons: BAD,
  },
  "a long string": {
    payload: "{ revenue: 5, note: 'ä'.repeat(10240) }",
    cents: 500,
    reasons: ["stringTooLong"],
  },
  "many long strings": {
    payload: "{ ...Array(60).fill('x'.repeat(10240)), revenue: 5 }",
    cents: 500,
    reasons: ["stringTooLong", "badPayload"],
  },
  "too many properties": {
    payload: "{ ...Array(200).fill(1), revenue: 5 }",
    cents: 500,
    reasons: ["tooManyProperties"],
  },
  "a long name": {
    payload: "{ revenue: 5, ['n'.repeat(65)]: 1 }",
    cents: 500,
    reasons: ["keyTooLong"],
  },
  "too deep": {
    payload: "{ revenue: 5, a: { a: { a: { a: { a: { a: 1 } } } } } }",
    cents: 500,
    reasons: BAD,
  },
  "a long list": { payload: "{ revenue: 5, list: new Array(1e9) }", cents: 500, reasons: BAD },
  bytes: { payload: "{ revenue: 5, bytes: new Uint8Array(1e6) }", cents: 500, reasons: BAD },
  "the window": {
    payload: "{ revenue: 5, window, body: document.body }",
    cents: 500,
    reasons: [...BAD, "tooManyProperties"],
  },
  "a revoked proxy": {
    payload:
      "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()",
    cents: null,
    reasons: BAD,
  },
  "a proxy that throws": {
    payload: "new Proxy({}, { ownKeys() { throw 1 } })",
    cents: null,
    reasons: BAD,
  },
  "an own __proto__": { payload: 'JSON.parse(\'{"__proto__":{"a":1},"revenue":5}\')', cents: 500 },
  text: { payload: "'revenue=5'", cents: null, reasons: BAD },
  "a number": { payload: "5", cents: null, reasons: BAD },
  "a list": { payload: "[5]", cents: null, reasons: BAD },
  "a symbol": { payload: "Symbol('x')", cents: null, reasons: BAD },
  "a date": { payload: "{ revenue: 5, at: new Date(0), never: new Date(NaN) }", cents: 500 },
  "revenue as text": { payload: "{ revenue: '12.50' }", cents: 1250 },
  "revenue with a comma": { payload: "{ revenue: '1.322,22' }", cents: null },
  "revenue that is no number": { payload: "{ revenue: NaN }", cents: null },
  "endless revenue": { payload: "{ revenue: Infinity }", cents: null },
  "negative revenue": { payload: "{ revenue: -5 }", cents: null },
  "revenue as an object": { payload: "{ revenue: { amount: 5 } }", cents: null },
  "revenue true": { payload: "{ revenue: true }", cents: null },
  "revenue null": { payload: "{ revenue: null }", cents: null },
};

for (const [name, { payload, cents, reasons = [] }] of Object.entries(PAYLOADS)) {
  test(`track() with ${name}: nothing is thrown, and the event is stored`, async ({ lab }) => {
    const page = await lab.open({ html: "" });
    await settled(page);
    const [stored, revenue] = [await lab.stored(), await lab.revenue()];
    const answer = await page.evaluate(`ttoolab.track("event", ${payload})`);
    expect(answer ?? null).toBe(null);
    await settled(page);
    expect((await lab.stored()).event).toBe((stored.event ?? 0) + 1);
    expect((await lab.revenue()) - revenue).toBe(cents ?? 0);
    const drops = await page.evaluate("Object.keys(ttoolab.debug().drops)");
    expect(drops).toEqual(reasons);
    await page.context().close();
  });
}

test("10,000 calls in one task: nothing is lost that counts, and the page stays alive", async ({
  lab,
}) => {
  const page = await lab.open({ html: "<p>Alive</p>" });
  await settled(page);
  const before = (await lab.stored()).event ?? 0;
  await page.evaluate(() => {
    for (let at = 0; at < 10_000; at++) window.ttoolab?.track("event", { at });
  });
  await expect(page.locator("p")).toHaveText("Alive");
  await expect
    .poll(async () => ((await lab.stored()).event ?? 0) - before, { timeout: 50_000 })
    .toBe(10_000);
});
