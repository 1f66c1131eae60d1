import {
  ButtonClickTrackingPlugin,
  enableButtonClickTracking,
} from "@snowplow/browser-plugin-button-click-tracking";
import {
  enableLinkClickTracking,
  LinkClickTrackingPlugin,
} from "@snowplow/browser-plugin-link-click-tracking";
import { newTracker, trackPageView, trackSelfDescribingEvent } from "@snowplow/browser-tracker";
import { EVENT } from "../event.js";
import type {} from "./page.js";

const plugins = [LinkClickTrackingPlugin(), ButtonClickTrackingPlugin()];
newTracker("sp", location.origin, { appId: "bench", plugins });
enableLinkClickTracking();
enableButtonClickTracking();
trackPageView();

const schema = `iglu:com.example/${EVENT}/jsonschema/1-0-0`;
window.bench = {
  ready: Promise.resolve(),
  track: (data) => trackSelfDescribingEvent({ event: { schema, data } }),
};
