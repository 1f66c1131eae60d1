// How the overlay looks. `!important` on the host is what holds against the page: an important rule
// of a shadow root wins over the page's important ones.

export const CSS = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: auto 12px 12px auto !important;
  z-index: 2147483647 !important;
  display: block !important;
  width: min(420px, calc(100vw - 24px)) !important;
  color-scheme: light dark !important;
}
.panel {
  --ground: #fff; --raised: #f4f5f7; --line: #d9dce1; --text: #1c2024; --quiet: #5c6470;
  --good: #11643a; --good-ground: #dcf3e5; --warn: #7a4b00; --warn-ground: #fdeecb;
  --bad: #9b1c1c; --bad-ground: #fde3e1; --focus: #2457d6;
  display: flex; flex-direction: column; max-height: min(70vh, 640px); box-sizing: border-box;
  overflow: hidden; border: 1px solid var(--line); border-radius: 10px;
  background: var(--ground); color: var(--text); box-shadow: 0 8px 32px #0004;
  font: 13px/1.45 system-ui, sans-serif; text-align: start; overflow-wrap: anywhere;
}
@media (prefers-color-scheme: dark) {
  .panel {
    --ground: #1b1e23; --raised: #262a31; --line: #3b414b; --text: #eceef1; --quiet: #a4acb8;
    --good: #7fdca6; --good-ground: #16382a; --warn: #f3c978; --warn-ground: #41310f;
    --bad: #ff9d96; --bad-ground: #4a1f1e; --focus: #8fb0ff;
  }
}
header {
  display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 14px;
  background: var(--raised); border-bottom: 1px solid var(--line);
}
h1 { margin: 0; font-size: 14px; font-weight: 650; }
.project { flex: 1; color: var(--quiet); }
button {
  min-height: 32px; padding: 0 12px; border: 1px solid var(--line); border-radius: 6px;
  background: var(--ground); color: inherit; font: inherit; cursor: pointer;
}
button:hover { border-color: var(--quiet); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
.body { overflow: auto; overscroll-behavior: contain; }
.body[hidden] { display: none; }
details + details { border-top: 1px solid var(--line); }
summary { padding: 9px 14px; font-weight: 600; cursor: pointer; }
.count { margin-inline-start: 6px; color: var(--quiet); font-weight: 400; }
ul { margin: 0; padding: 0 14px 10px; list-style: none; }
li { padding: 6px 0; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; padding-top: 0; }
.none, small { color: var(--quiet); }
small { display: block; font-size: 12px; }
.line { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 8px; }
.subject { font-weight: 600; }
.verdict { margin-top: 4px; padding-inline-start: 10px; border-inline-start: 2px solid var(--line); }
.chip {
  display: inline-block; padding: 0 7px; border-radius: 99px;
  background: var(--raised); color: var(--text); font-size: 12px;
}
.verdict .chip { margin-inline-end: 6px; }
.good { background: var(--good-ground); color: var(--good); }
.warn { background: var(--warn-ground); color: var(--warn); }
.bad { background: var(--bad-ground); color: var(--bad); }
@media (max-width: 600px) {
  :host { inset: auto 0 0 0 !important; width: 100% !important; }
  .panel { max-height: 60vh; border-width: 1px 0 0; border-radius: 12px 12px 0 0; font-size: 15px; }
  button { min-height: 44px; padding: 0 16px; }
  summary { padding: 12px 16px; }
  ul { padding: 0 16px 12px; }
  small, .chip { font-size: 13px; }
}
`;
