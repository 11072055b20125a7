import { defineConfig } from 'vitest/config';

/** The built page in the system's Chromium: `npm run build` first. */
export default defineConfig({
  test: { environment: 'node', include: ['tests/browser/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
});
