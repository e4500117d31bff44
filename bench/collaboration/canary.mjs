// A stock provider as a process: words to type come on stdin; what it has and what it calls synced goes to stdout.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const Y = require('yjs')

const [kind, url, name, token] = process.argv.slice(2)
const doc = new Y.Doc()
const content = doc.getText('content')
let synced = 0 // so many of the words typed here had been taken when the provider last said that nothing is unsynced
let typed = 0

const provider = kind === 'hocuspocus' ? hocuspocus() : yWebsocket()

function hocuspocus () {
  const { HocuspocusProvider } = require('@hocuspocus/provider')
  return new HocuspocusProvider({
    url, name, token, document: doc,
    onSynced: report,
    onUnsyncedChanges ({ number }) {
      if (number === 0) synced = typed
      report()
    }
  })
}

function yWebsocket () {
  const { WebsocketProvider } = require('y-websocket')
  const connecting = new WebsocketProvider(url, name, doc, { params: { token }, disableBc: true })
  connecting.on('sync', report)
  return connecting
}

let reporting = false

function report () {
  if (reporting) return
  reporting = true
  setImmediate(() => {
    reporting = false
    const isSynced = kind === 'hocuspocus' ? provider.isSynced : provider.synced
    process.stdout.write(JSON.stringify({ ready: isSynced, typed, synced, text: content.toString() }) + '\n')
  })
}

doc.on('update', report)
createInterface({ input: process.stdin })
  .on('line', word => {
    typed += 1
    content.insert(content.length, word)
  })
  .on('close', () => process.exit())
