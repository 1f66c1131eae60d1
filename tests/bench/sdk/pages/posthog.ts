import posthog from "posthog-js";
import { EVENT } from "../event.js";
import type {} from "./page.js";

const ready = new Promise((loaded) => {
  posthog.init("phc_bench", {
    api_host: location.origin,
    defaults: "latest",
    autocapture: true,
    loaded,
    // It would send nothing from a headless browser, nor more than ten events a second.
    opt_out_useragent_filter: true,
    rate_limiting: { events_per_second: 100_000, events_burst_limit: 100_000 },
  });
});
window.bench = { ready, track: (payload) => void posthog.capture(EVENT, payload) };
