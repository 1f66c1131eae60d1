// Gradients shared by all drawings, put into the document once.
//
// SVG looks gradients up by id in the whole document, so repeating them inside every drawing would
// leave a page of products with dozens of equal ids. The colours are those of the materials and the
// same in the light and the dark theme; only how strongly the lamps shine changes, in styles/art.css.

export function addGradients(): void {
  // Zero size rather than display:none, which would make every reference to it paint nothing.
  document.body.insertAdjacentHTML(
    "beforeend",
    `<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
      <radialGradient id="art-glow">
        <stop offset="0" stop-color="#ffd98a" stop-opacity="0.85"/>
        <stop offset="0.45" stop-color="#ffcf7a" stop-opacity="0.32"/>
        <stop offset="1" stop-color="#ffcf7a" stop-opacity="0"/>
      </radialGradient>
      <linearGradient id="art-beam" x2="0" y2="1">
        <stop offset="0" stop-color="#ffdf9e" stop-opacity="0.7"/>
        <stop offset="1" stop-color="#ffdf9e" stop-opacity="0"/>
      </linearGradient>
      <linearGradient id="art-brass">
        <stop offset="0" stop-color="#8d6223"/>
        <stop offset="0.35" stop-color="#e6bd6d"/>
        <stop offset="0.6" stop-color="#b98535"/>
        <stop offset="1" stop-color="#6f4b18"/>
      </linearGradient>
      <linearGradient id="art-dome" x2="0.25" y2="1">
        <stop offset="0" stop-color="#dcae5c"/>
        <stop offset="0.55" stop-color="#b27e31"/>
        <stop offset="1" stop-color="#865c20"/>
      </linearGradient>
      <linearGradient id="art-linen" x2="0" y2="1">
        <stop offset="0" stop-color="#e5d6b8"/>
        <stop offset="1" stop-color="#fff0cb"/>
      </linearGradient>
      <radialGradient id="art-paper" cy="0.58">
        <stop offset="0" stop-color="#fffaec"/>
        <stop offset="0.7" stop-color="#fbe9c2"/>
        <stop offset="1" stop-color="#e2c793"/>
      </radialGradient>
      <linearGradient id="art-wood">
        <stop offset="0" stop-color="#7d5a3a"/>
        <stop offset="0.5" stop-color="#b98c5f"/>
        <stop offset="1" stop-color="#6d4c30"/>
      </linearGradient>
      <linearGradient id="art-clay">
        <stop offset="0" stop-color="#a79a8b"/>
        <stop offset="0.4" stop-color="#ded4c6"/>
        <stop offset="1" stop-color="#82766a"/>
      </linearGradient>
      <linearGradient id="art-wax">
        <stop offset="0" stop-color="#d9ccb4"/>
        <stop offset="0.5" stop-color="#fbf4e4"/>
        <stop offset="1" stop-color="#cbbda3"/>
      </linearGradient>
    </defs></svg>`,
  );
}
