import { defineConfig } from 'vitest/config';

/** The page in the system's Chromium against a real `breakwater serve` with its built-in control plane. */
export default defineConfig({
  test: { environment: 'node', include: ['tests/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
});
