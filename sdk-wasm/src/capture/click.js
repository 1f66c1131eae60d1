// Clicks, taken at the window before the page can stop them.

import { hits, scopes } from "./path.js";

/// A control that is disabled takes no clicks; one that reaches us was made by a script.
const DISABLED = "button:disabled,input:disabled,select:disabled,textarea:disabled,option:disabled";
/// What a middle click opens.
const LINK = "a[href],area[href]";
/// The middle button.
const MIDDLE = 1;

/// Tells `seen(path, trusted, sameAction)` of every click until `signal` aborts. One person's
/// action can be several clicks; all but the first are the same action.
export function watchClicks(seen, signal) {
  let last;
  /// The control of the label that was hit last: the browser forwards the click there.
  let labelled;

  const take = (event, path) => {
    // Dispatched from within a handler of the one before, such as a card that clicks its link.
    const within = last && last !== event && last.eventPhase !== Event.NONE;
    // Forwarded as soon as the label's handlers are done, unless one has prevented it.
    const forwarded = labelled && labelled === path[0] && !last.defaultPrevented;
    // A forwarded click may go through the same label again; it forwards nothing.
    labelled = within || forwarded ? undefined : labelTarget(event);
    // What comes in a later task is another action: a label with a link in it forwards nothing.
    if (labelled) setTimeout(() => (labelled = undefined));
    last = event;
    seen(path, event.isTrusted, Boolean(within || forwarded));
  };
  const clicked = (event) => {
    const path = scopes(event);
    if (path.length && hits(path, DISABLED) !== 1) take(event, path);
  };
  const auxiliary = (event) => {
    if (event.button !== MIDDLE) return;
    const path = scopes(event);
    if (hits(path, LINK) === 1) take(event, path);
  };
  addEventListener("click", clicked, { capture: true, signal });
  addEventListener("auxclick", auxiliary, { capture: true, signal });
}

function labelTarget(event) {
  return event.composedPath().find((node) => node instanceof HTMLLabelElement)?.control;
}
