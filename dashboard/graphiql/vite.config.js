// How GraphiQL is built: every part of it, the editor's workers and fonts too, becomes a file of the gateway's own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const FONTS = fileURLToPath(new URL('./node_modules/.fonts', import.meta.url));

// GraphiQL's style sheet carries its fonts as data: URLs, which the gateway's policy does not load (font-src 'self').
// Written out here, they are files like any other to Vite, which names them by their content.
const fontsAsFiles = {
  name: 'fonts-as-files',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('.css') || !code.includes('data:font/')) return null;
    mkdirSync(FONTS, { recursive: true });
    let count = 0;
    return code.replace(/url\(data:font\/(\w+);base64,([\w+/=]+)\)/g, (_url, type, content) => {
      const file = join(FONTS, `font-${(count += 1)}.${type}`);
      writeFileSync(file, Buffer.from(content, 'base64'));
      return `url(${relative(dirname(id), file)})`;
    });
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
