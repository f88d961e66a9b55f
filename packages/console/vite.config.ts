import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Vite reads its configuration from the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['ancilla-source', 'module', 'browser', 'development|production'] },
  build: { outDir: 'dist', emptyOutDir: true, sourcemap: false, modulePreload: { polyfill: false } },
});
