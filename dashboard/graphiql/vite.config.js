// How GraphiQL is built: every part of it, the editor's workers and fonts too, becomes a file of the gateway's own.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/graphiql/',
  build: {
    // Monaco's language workers are this large; nothing here is loaded before somebody opens GraphiQL.
    chunkSizeWarningLimit: 4000,
    // The gateway's policy names no data: source for fonts, so Monaco's icon font must stay a file.
    assetsInlineLimit: 0,
    rolldownOptions: {
      onwarn(warning, warn) {
        // "use client" is meant for servers that render React; there is none here, and a hundred such lines hide the rest.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  worker: { format: 'es' },
});
