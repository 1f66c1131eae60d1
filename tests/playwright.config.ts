import { defineConfig } from "@playwright/test";

/**
 * Whole-system tests: a real collector, a real Chromium. They assert on what the collector
 * stored, never on what the page believes it sent.
 */
export default defineConfig({
  testMatch: ["browser/*.spec.ts", "oracle/*.spec.ts"],
  outputDir: "results",
  // Each test has a collector of its own, so tests may run side by side; two cores are the rule.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // A retry would hide a flake.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: {
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
    },
    trace: "retain-on-failure",
  },
});
