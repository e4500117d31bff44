// Stock Hocuspocus providers as a process: commands come on stdin, their state goes to stdout, one JSON a line.
const { createRequire } = require('node:module')
const { createInterface } = require('node:readline')
const path = require('node:path')

// The packages of the web application: this file has none of its own.
const fromWeb = createRequire(path.join(__dirname, '../../web/package.json'))
const { Fragment, Schema } = fromWeb('prosemirror-model')
const { initProseMirrorDoc, updateYFragment } = fromWeb('y-prosemirror')
const Y = fromWeb('yjs')

const [url, packageName] = process.argv.slice(2)
const { HocuspocusProvider, HocuspocusProviderWebsocket } = fromWeb(packageName)
const closeCodes = []
const documents = {}
// Above the socket, which reports while it is made: what throws there makes it connect a second time, on another line.
let reporting = false

const socket = new HocuspocusProviderWebsocket({
  url,
  delay: 50,
  minDelay: 50,
  onClose: ({ event }) => { closeCodes.push(event.code); report() },
  onStatus: report
})

function report () {
  if (reporting) return
  reporting = true
  setImmediate(() => {
    reporting = false
    const state = { status: socket.status, close_codes: closeCodes, documents: {} }
    for (const [label, { provider, content, denied, closed }] of Object.entries(documents)) {
      state.documents[label] = {
        client: provider.document.clientID,
        synced: provider.synced,
        unsynced: provider.unsyncedChanges,
        scope: provider.authorizedScope ?? null,
        text: content.toString(),
        present: Object.fromEntries(provider.awareness.getStates()),
        denied,
        closed
      }
    }
    process.stdout.write(JSON.stringify(state) + '\n')
  })
}

function paragraph (text) {
  const element = new Y.XmlElement('paragraph')
  element.insert(0, [new Y.XmlText(text)])
  return element
}

const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { group: 'block', content: 'inline*' },
    heading: { group: 'block', content: 'inline*', attrs: { level: { default: 1 } } },
    text: { group: 'inline' }
  },
  marks: { bold: {}, italic: {} }
})

const commands = {
  // What y-prosemirror's plugin does with each transaction of an editor; only the view needs a page.
  prosemirror ({ label, blocks }) {
    const { provider, content } = documents[label]
    const { doc, meta } = initProseMirrorDoc(content, schema)
    const added = blocks.map(block => schema.nodeFromJSON(block))
    provider.document.transact(() => {
      updateYFragment(provider.document, content, schema.node('doc', null, doc.content.append(Fragment.from(added))), meta)
    })
  },
  open ({ label, document: name, token, body = 'plain', sessionAwareness = false }) {
    const former = documents[label]
    const doc = former?.provider.document ?? new Y.Doc()
    const content = body === 'rich' ? doc.getXmlFragment('default') : doc.getText('content')
    const denied = []
    const closed = []
    const provider = new HocuspocusProvider({
      websocketProvider: socket,
      name,
      token,
      document: doc,
      sessionAwareness,
      onAuthenticationFailed: ({ reason }) => { denied.push(reason); report() },
      onClose: ({ event }) => { closed.push(event.reason); report() },
      onAuthenticated: report,
      onSynced: report,
      onUnsyncedChanges: report,
      onAwarenessChange: report
    })
    doc.on('update', report)
    documents[label] = { provider, content, body, denied, closed }
    provider.attach()
  },
  append ({ label, text }) {
    const { provider, content, body } = documents[label]
    provider.document.transact(() => {
      body === 'rich' ? content.push([paragraph(text)]) : content.insert(content.length, text)
    })
  },
  announce ({ label, state }) {
    documents[label].provider.awareness.setLocalState(state)
  },
  token ({ label, token }) {
    documents[label].provider.configuration.token = token
    documents[label].provider.sendToken()
  },
  detach ({ label }) {
    documents[label].provider.detach()
  },
  connect () {
    socket.connect()
  },
  disconnect () {
    socket.disconnect()
  }
}

createInterface({ input: process.stdin })
  .on('line', line => {
    const { do: name, ...given } = JSON.parse(line)
    commands[name](given)
    report()
  })
  .on('close', () => {
    for (const { provider } of Object.values(documents)) provider.destroy()
    socket.destroy()
    process.stdout.write('', () => process.exit())
  })
report()
