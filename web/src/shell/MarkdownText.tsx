import type { ReactNode } from "react";

import { blocks, type Inline } from "./markdown";

interface Props {
  text: string;
  /** What a number in brackets becomes; without it the number stays text. */
  cite?: ((number: number) => ReactNode) | undefined;
}

/** Never HTML from a model: only elements that are made here. */
export function MarkdownText({ text, cite }: Props) {
  return blocks(text).map((block, index) => {
    switch (block.kind) {
      case "paragraph":
        return (
          <p key={index}>
            <Inlines inline={block.inline} cite={cite} />
          </p>
        );
      case "heading":
        // Not a heading of the page: it is a heading of the text that is proposed or answered.
        return (
          <p key={index} data-heading={block.level}>
            <strong>
              <Inlines inline={block.inline} cite={cite} />
            </strong>
          </p>
        );
      case "list": {
        const items = block.items.map((item, itemIndex) => (
          <li key={itemIndex}>
            <Inlines inline={item} cite={cite} />
          </li>
        ));
        return block.isOrdered ? <ol key={index}>{items}</ol> : <ul key={index}>{items}</ul>;
      }
      case "code":
        return (
          <pre key={index}>
            <code>{block.text}</code>
          </pre>
        );
    }
  });
}

function Inlines({ inline, cite }: { inline: Inline[]; cite: Props["cite"] }) {
  return inline.map((piece, index) => {
    switch (piece.kind) {
      case "text":
        return <span key={index}>{piece.text}</span>;
      case "strong":
        return <strong key={index}>{piece.text}</strong>;
      case "em":
        return <em key={index}>{piece.text}</em>;
      case "code":
        return <code key={index}>{piece.text}</code>;
      case "cite":
        return <span key={index}>{cite?.(piece.number) ?? `[${piece.number}]`}</span>;
    }
  });
}
