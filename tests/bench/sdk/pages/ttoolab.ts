import { init, ready, track } from "@ttoolab/sdk";
import { EVENT } from "../event.js";
import type {} from "./page.js";

init({ projectKey: "bench", endpoint: location.origin });
window.bench = {
  ready: new Promise((done) => ready(done)),
  track: (payload) => track(EVENT, payload),
};
