// The optional anti-flicker snippet: hides the page, or parts of it, until the variants are in
// force, and never longer than its limit.
//
//   <script data-hide="#hero, .price" data-limit="500">…this text…</script>
//
// It stands in the head after the stub, before anything is painted. Its settings are attributes, so
// that the text, and with it its hash in a policy, is everybody's. The rule is a constructed style
// sheet, which no policy on inline styles forbids; where there are none, nothing is hidden. Nothing
// here asks for layout, and whatever goes wrong shows the page.

/** The longest that anything is hidden, in milliseconds; `data-limit` can only shorten it. Whoever
 * waits longer for a page has left it. */
const MAX_MS = 800;

export function hideUntilReady({ hide, limit }: DOMStringMap): void {
  try {
    const sheet = new CSSStyleSheet();
    // Not `visibility`: what is focused or read aloud stays so. `:is()` forgives a broken selector.
    sheet.replaceSync(`${hide ? `:is(${hide})` : ":root"}{opacity:0!important}`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const show = () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((kept) => kept !== sheet);
    };
    const ms = Number(limit ?? MAX_MS);
    setTimeout(show, Math.min(ms >= 0 ? ms : MAX_MS, MAX_MS));
    // Without the stub nobody would tell when the variants stand.
    if (window.ttoolab?.ready) window.ttoolab.ready(show);
    else show();
  } catch {}
}
