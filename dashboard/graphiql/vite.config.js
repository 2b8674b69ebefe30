// How GraphiQL is built: every part of it, the editor's workers and fonts too, becomes a file of the gateway's own.
import { createHash } from 'node:crypto';
import { defineConfig } from 'vite';

// GraphiQL's style sheet carries its fonts as data: URLs, which the gateway's policy does not load (font-src 'self').
const fontsAsFiles = {
  name: 'fonts-as-files',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const file of Object.values(bundle).filter(({ fileName }) => fileName.endsWith('.css'))) {
        file.source = String(file.source).replace(/url\(data:font\/(\w+);base64,([\w+/=]+)\)/g, (_url, type, content) => {
          const source = Buffer.from(content, 'base64');
          const fileName = `assets/font-${createHash('sha256').update(source).digest('hex').slice(0, 12)}.${type}`;
          this.emitFile({ type: 'asset', fileName, source });
          return `url(/graphiql/${fileName})`;
        });
      }
    },
  },
};

export default defineConfig({
  base: '/graphiql/',
  plugins: [fontsAsFiles],
  build: {
    // Monaco's language workers are this large; nothing here is loaded before somebody opens GraphiQL.
    chunkSizeWarningLimit: 4000,
    // What Vite itself would turn into data: URLs stays a file, for the same reason.
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
