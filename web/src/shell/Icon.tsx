const strokes = {
  alert: "M12 9v4M12 17h.01M12 3l9.5 17h-19z",
  archive: "M3 4h18v4H3zM5 8v11a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V8M10 12h4",
  ai: "M11 4l1.6 4.4L17 10l-4.4 1.6L11 16l-1.6-4.4L5 10l4.4-1.6zM18 15l.9 2.1L21 18l-2.1.9L18 21l-.9-2.1L15 18l2.1-.9z",
  authors: "M4 20h3.5L16 11.5a2.48 2.48 0 0 0-3.5-3.5L4 16.5zM12 20h8M18 3v5M15.5 5.5h5",
  back: "M15 6l-6 6 6 6",
  bold: "M7 5h6a3.5 3.5 0 0 1 0 7H7zM13 12h1a3.5 3.5 0 0 1 0 7H7v-7",
  bulletList: "M9 6h11M9 12h11M9 18h11M5 6h.01M5 12h.01M5 18h.01",
  chat: "M4 5h16v11H9l-5 4zM8 9h8M8 12.5h5",
  check: "M5 12l5 5L20 7",
  chevronDown: "M6 9l6 6 6-6",
  close: "M18 6L6 18M6 6l12 12",
  code: "M7 8l-4 4 4 4M17 8l4 4-4 4M14 4l-4 16",
  codeBlock: "M4 4h16v16H4zM10 9l-3 3 3 3M14 9l3 3-3 3",
  comment: "M12 4a8.5 7.5 0 1 1-4.2 14L3.5 20l1.6-4A8.5 7.5 0 0 1 12 4z",
  copy: "M8 8h11a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1zM16 8V4a1 1 0 0 0-1-1H4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h4",
  document: "M14 3v5h5M17 21H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h7l5 5v11a2 2 0 0 1-2 2zM9 13h6M9 17h4",
  dots: "M4.6 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0M11.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0M18 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0",
  download: "M4 17v2a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-2M7 11l5 5 5-5M12 4v12",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  highlight: "M3 19h4L17.5 8.5a2.83 2.83 0 1 0-4-4L3 15v4M12.5 5.5l4 4M4.5 13.5l4 4M21 15v4h-8l4-4z",
  history: "M3 12a9 9 0 1 0 3-6.7L3 8M3 3v5h5M12 7v5l3 2",
  image: "M15 8h.01M4 4h16v16H4zM4 16l5-5 5 5M13 15l2-2 5 5",
  italic: "M11 5h6M7 19h6M14 5l-4 14",
  link: "M9 15l6-6M11 6l.5-.5a5 5 0 0 1 7 7l-.5.5M13 18l-.5.5a5 5 0 0 1-7-7l.5-.5",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  offline: "M3 3l18 18M9.6 5.2A7 7 0 0 1 18 10a4.5 4.5 0 0 1 2.6 7.4M17 19H7a5 5 0 0 1-.8-9.9",
  orderedList: "M11 6h9M11 12h9M12 18h8M4 16a2 2 0 1 1 4 0c0 .6-.5 1-1 1.5L4 20h4M6 10V4L4 6",
  people: "M9 4a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 20v-1a5 5 0 0 1 5-5h3a5 5 0 0 1 5 5v1M16 4.2a3.5 3.5 0 0 1 0 6.6M21.5 20v-1a5 5 0 0 0-3.5-4.8",
  pencil: "M4 20h4L19 9a2.8 2.8 0 0 0-4-4L4 16zM13.5 6.5l4 4",
  plain: "M8 8l-4 4 4 4M16 8l4 4-4 4M13 6l-2 12",
  plus: "M12 5v14M5 12h14",
  quote: "M10 11H6a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v6c0 2.7-1.3 4.3-4 5M19 11h-4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v6c0 2.7-1.3 4.3-4 5",
  redo: "M15 14l4-4-4-4M19 10H8a4 4 0 0 0 0 8h1",
  restore: "M9 14l-4-4 4-4M5 10h9a5 5 0 0 1 0 10h-3",
  rule: "M3 12h18M8 6h8M8 18h8",
  share: "M12 15V4M8 7l4-4 4 4M6 11H5v9h14v-9h-1",
  send: "M5 12h13M12 5l7 7-7 7",
  search: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14M21 21l-6-6",
  shield: "M12 3l7.5 3v5c0 4.8-3 8.6-7.5 10-4.5-1.4-7.5-5.2-7.5-10V6zM9 12l2 2 4-4",
  signOut: "M14 8V6a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-2M9 12h12M18 9l3 3-3 3",
  suggestion: "M4 5h16v10h-8l-4 4v-4H4zM8 9h8M8 12h4",
  stop: "M7 7h10v10H7z",
  strike: "M5 12h14M16 6.5A4 2 0 0 0 12 5h-1a3.5 3.5 0 0 0-3.2 5M16.2 14a3.5 3.5 0 0 1-3.2 5h-1.5a4 2 0 0 1-4-1.5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
  table: "M3 5h18v14H3zM3 10h18M10 5v14",
  taskList: "M3.5 5.5L5 7l2.5-2.5M3.5 11.5L5 13l2.5-2.5M3.5 17.5L5 19l2.5-2.5M11 6h9M11 12h9M11 18h9",
  underline: "M7 5v5a5 5 0 0 0 10 0V5M5 19h14",
  undo: "M9 14l-4-4 4-4M5 10h11a4 4 0 0 1 0 8h-1",
} as const;

export type IconName = keyof typeof strokes;

/** Decoration only: the control around it carries the name. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={strokes[name]} />
    </svg>
  );
}
