import { test } from "../support/lab.js";
import { CLICKS } from "./interactions/clicks.js";
import { FORMS } from "./interactions/forms.js";
import { URLS } from "./interactions/urls.js";

const KINDS = { click: CLICKS, form: FORMS, URL: URLS };

for (const [kind, interactions] of Object.entries(KINDS)) {
  for (const interaction of interactions) {
    test(`${kind}: ${interaction.name}`, ({ lab }) => lab.check(interaction));
  }
}
