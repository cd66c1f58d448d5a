// Real coding agents against the real binary: `cargo xtask agents`. See ../README.md.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../results/agents",
  workers: 1,
  retries: 0,
  // Agents take seconds to start, and some wait for hosts that cannot be reached.
  timeout: 120_000,
  forbidOnly: true,
});
