import { defineConfig } from "@playwright/test";
import { chromium } from "./support/launch.js";

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
    launchOptions: chromium,
    trace: "retain-on-failure",
  },
});
