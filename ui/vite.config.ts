import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/**
 * The page is served from the app's own assets in the window and from loopback in the web face, always at the root.
 * Nothing is inlined: the content security policy allows no data: fonts or scripts.
 */
export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2023', assetsInlineLimit: 0, reportCompressedSize: false },
  server: { host: '127.0.0.1', port: 1420, strictPort: true },
  // Vitest runs in Node, where Svelte would otherwise resolve to its server build.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./tests/setup.ts'],
    restoreMocks: true,
  },
});
