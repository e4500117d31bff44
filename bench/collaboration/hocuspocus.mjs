// Hocuspocus with its defaults; documents are stored as its SQLite extension stores them.
import { createRequire } from 'node:module'
import { DatabaseSync } from 'node:sqlite'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const { Server } = require('@hocuspocus/server')
const Y = require('yjs')

const [path, port] = process.argv.slice(2)
const database = new DatabaseSync(path)
database.exec('CREATE TABLE IF NOT EXISTS documents (name TEXT NOT NULL UNIQUE, data BLOB NOT NULL)')
const load = database.prepare('SELECT data FROM documents WHERE name = ?')
const store = database.prepare(
  'INSERT INTO documents (name, data) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET data = excluded.data'
)

const server = new Server({
  address: '127.0.0.1',
  port: Number(port),
  quiet: true,
  async onLoadDocument ({ document, documentName }) {
    const row = load.get(documentName)
    if (row) Y.applyUpdate(document, row.data)
  },
  async onStoreDocument ({ document, documentName }) {
    store.run(documentName, Y.encodeStateAsUpdate(document))
  }
})
await server.listen()
console.log(server.address.port)
