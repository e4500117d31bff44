// Puts the page's script and all that it imports into one file: `node bundle.mjs FOLDER`.
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const web = fileURLToPath(new URL('../../../web/package.json', import.meta.url))
const { build } = await import(pathToFileURL(createRequire(web).resolve('vite')))

await build({
  configFile: false,
  logLevel: 'warn',
  define: { 'process.env.NODE_ENV': '"production"' },
  // The packages of the web application: this folder has none of its own.
  plugins: [{
    name: 'packages-of-the-web-application',
    enforce: 'pre',
    resolveId (name, importer) {
      if (importer && !/^[./\0]/.test(name) && !importer.includes('node_modules')) return this.resolve(name, web)
    }
  }],
  build: {
    outDir: process.argv[2],
    lib: { entry: fileURLToPath(new URL('editor.js', import.meta.url)), formats: ['iife'], name: 'page', fileName: () => 'editor.js' }
  }
})
