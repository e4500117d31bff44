import type { Extensions } from "@tiptap/core";
import Highlight from "@tiptap/extension-highlight";
import Image from "@tiptap/extension-image";
import { TaskItem, TaskList } from "@tiptap/extension-list";
import { TableKit } from "@tiptap/extension-table";
import StarterKit from "@tiptap/starter-kit";

import { isKept } from "./toolbar/addresses";

/** The nodes and marks a document is made of; what is missing here would be dropped from the shared text. */
export const documentSchema: Extensions = [
  StarterKit.configure({
    // Yjs keeps the undo stack, and a trailing paragraph would be an edit nobody made.
    undoRedo: false,
    trailingNode: false,
    heading: { levels: [1, 2, 3, 4, 5, 6] },
    link: {
      openOnClick: false,
      autolink: true,
      defaultProtocol: "https",
      HTMLAttributes: { rel: "noopener noreferrer nofollow" },
      isAllowedUri: (address, { defaultValidate }) => defaultValidate(address) && isKept(address),
    },
  }),
  TaskList,
  TaskItem.configure({
    nested: true,
    a11y: { checkboxLabel: (node) => `Done: ${node.textContent === "" ? "empty task" : node.textContent}` },
  }),
  Highlight.configure({ multicolor: true }),
  Image.configure({ allowBase64: true }),
  TableKit.configure({ table: { resizable: false } }),
];
