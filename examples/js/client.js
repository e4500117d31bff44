// A stock y-websocket client as a process: commands come on stdin, its state goes to stdout, one JSON a line.
import { createInterface } from 'node:readline'
import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding'
import WebSocket from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

const SYNC = 0
const STEP_1 = 0

const [url, documentId, token, body] = process.argv.slice(2)
const doc = new Y.Doc()
const content = body === 'rich' ? doc.getXmlFragment('default') : doc.getText('content')
const ends = [] // our clock after each of our edits
const closeCodes = []
let durableClock = 0

// What the server says of our edits: those that come back, and those that it asks no more for, are durable.
function overhear (frame) {
  const decoder = createDecoder(frame)
  if (readVarUint(decoder) !== SYNC) return
  const step = readVarUint(decoder)
  const bytes = readVarUint8Array(decoder)
  if (step === STEP_1) {
    durableClock = Math.max(durableClock, Y.decodeStateVector(bytes).get(doc.clientID) ?? 0)
  } else {
    for (const { id, length } of Y.decodeUpdate(bytes).structs) {
      if (id.client === doc.clientID) durableClock = Math.max(durableClock, id.clock + length)
    }
  }
  report()
}

class OverheardWebSocket extends WebSocket {
  constructor (...args) {
    super(...args)
    this.on('message', data => overhear(new Uint8Array(data)))
  }
}

const provider = new WebsocketProvider(url, documentId, doc, {
  params: { token },
  WebSocketPolyfill: OverheardWebSocket,
  disableBc: true // two clients on one machine shall meet at the server
})

let reporting = false

function report () {
  if (reporting) return
  reporting = true
  setImmediate(() => {
    reporting = false
    const state = {
      client: doc.clientID,
      status: provider.wsconnected ? 'connected' : 'disconnected',
      synced: provider.synced,
      text: content.toString(),
      typed: ends.length,
      acknowledged: ends.filter(end => end <= durableClock).length,
      present: Object.fromEntries(provider.awareness.getStates()),
      close_codes: closeCodes
    }
    process.stdout.write(JSON.stringify(state) + '\n')
  })
}

const commands = {
  append ({ text }) {
    edit(() => body === 'rich' ? content.push([paragraph(text)]) : content.insert(content.length, text))
  },
  insert ({ index, text }) {
    edit(() => content.insert(index, text))
  },
  delete ({ index, length }) {
    edit(() => content.delete(index, length))
  },
  announce ({ state }) {
    provider.awareness.setLocalState(state)
  },
  connect () {
    provider.connect()
  },
  disconnect () {
    provider.disconnect()
  }
}

function edit (change) {
  doc.transact(change)
  ends.push(Y.getState(doc.store, doc.clientID))
}

function paragraph (text) {
  const element = new Y.XmlElement('paragraph')
  element.insert(0, [new Y.XmlText(text)])
  return element
}

doc.on('update', report)
provider.on('status', report)
provider.on('sync', report)
provider.awareness.on('change', report)
provider.on('connection-close', event => {
  if (event !== null) closeCodes.push(event.code)
  report()
})

createInterface({ input: process.stdin })
  .on('line', line => {
    const { do: name, ...given } = JSON.parse(line)
    commands[name](given)
    report()
  })
  .on('close', () => {
    provider.destroy()
    process.stdout.write('', () => process.exit())
  })
report()
