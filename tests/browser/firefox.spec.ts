import { Firefox } from "../support/firefox.js";
import { test as base, expect } from "../support/lab.js";
import { CLICKS } from "./interactions/clicks.js";
import { FORMS } from "./interactions/forms.js";
import { URLS } from "./interactions/urls.js";

/** The same interactions in another engine, which has no Navigation API. */
const KINDS = { click: CLICKS, form: FORMS, URL: URLS };

const test = base.extend<object, { firefox: Firefox }>({
  firefox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures from the pattern
    async ({}, use) => {
      const firefox = await Firefox.start();
      await use(firefox);
      await firefox.close();
    },
    { scope: "worker" },
  ],
});

for (const [kind, interactions] of Object.entries(KINDS)) {
  for (const interaction of interactions) {
    if (interaction.needsNavigationApi) continue;
    test(`Firefox, ${kind}: ${interaction.name}`, async ({ lab, firefox }) => {
      lab.show(interaction);
      const { actor, close } = await firefox.open(lab.url(interaction.path ?? "/lab/start"));
      await lab.gains(actor, interaction);
      await close();
    });
  }
}

test("the engine is the one that people have", async ({ firefox }) => {
  expect(await firefox.version()).toMatch(/^firefox\/\d+/i);
});
