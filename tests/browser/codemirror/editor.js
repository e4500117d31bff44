// A page that is not ours: CodeMirror bound to a text of a document by y-codemirror.next, as that package's own page says.
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
const doc = new Y.Doc()
const provider = new WebsocketProvider(given.url, given.document, doc, {
  params: { token: given.token },
  disableBc: true // two windows of one browser shall meet at the server
})
provider.awareness.setLocalStateField('user', { name: 'Whoever I say', color: '#30bced', colorLight: '#30bced33' })

const texts = {
  plain: () => doc.getText('content'),
  paragraph: () => doc.getXmlFragment('default').get(0).get(0),
  elsewhere: () => doc.getText('codemirror')
}

provider.once('sync', () => {
  const text = texts[given.text]()
  const view = new EditorView({
    parent: document.body,
    state: EditorState.create({
      doc: text.toString(),
      extensions: [
        keymap.of(yUndoManagerKeymap),
        basicSetup,
        yCollab(text, provider.awareness, { undoManager: new Y.UndoManager(text) })
      ]
    })
  })
  window.editor = { text: () => view.state.doc.toString(), document: () => text.toString() }
})
