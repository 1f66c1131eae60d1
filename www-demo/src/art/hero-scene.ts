import { FEATURED } from "../catalog";
import { type Html, html } from "../html";
import { drawing } from "./objects";

/** A window, a sideboard and the featured lamp; the evening variant of the hero only changes the
 *  colours, through the custom properties the shapes are filled with. */
export function heroScene(): Html {
  return html`<div class="hero-scene" aria-hidden="true">
    <svg class="hero-room" viewBox="0 0 560 480" preserveAspectRatio="xMidYMax slice">
      <rect class="scene-wall" width="560" height="480"/>
      <rect class="scene-sky" x="60" y="56" width="190" height="230" rx="4"/>
      <circle class="scene-moon" cx="196" cy="112" r="22"/>
      <path class="scene-hill" d="M60 246 Q110 196 160 232 T250 214 V286 H60z"/>
      <path class="scene-frame" d="M155 56 V286 M60 170 H250"/>
      <rect class="scene-frame" x="60" y="56" width="190" height="230" rx="4"/>
      <rect class="scene-sill" x="46" y="286" width="218" height="12" rx="2"/>
      <rect class="scene-board" y="408" width="560" height="72"/>
      <rect class="scene-edge" y="408" width="560" height="8"/>
      <path class="scene-book" d="M92 388 h132 v20 h-132z"/>
      <path class="scene-book scene-book--thin" d="M104 376 h104 v12 h-104z"/>
    </svg>
    <div class="hero-lamp">${drawing(FEATURED)}</div>
  </div>`;
}
