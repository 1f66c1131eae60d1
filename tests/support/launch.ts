/** How the Chromium of tests and benchmarks is started. */
export const chromium = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // What drives these browsers plays a person: without this the browser says that it is
    // driven, and its visitors are counted as bots.
    "--disable-blink-features=AutomationControlled",
  ],
};
