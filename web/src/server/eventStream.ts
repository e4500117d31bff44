export interface StreamHandlers {
  /** By the name of the event; the data is JSON. */
  on: Record<string, (data: never) => void>;
  /** The connection is open, again or for the first time. */
  opened?: () => void;
  /** The server refuses for good; a broken line is mended by the browser itself. */
  refused?: () => void;
}

/** Server-sent events with the browser's own reconnecting, which sends Last-Event-ID. */
export function eventStream(path: string, { on, opened, refused }: StreamHandlers): () => void {
  const source = new EventSource(path, { withCredentials: true });
  for (const [name, handle] of Object.entries(on)) {
    source.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data) as never));
  }
  if (opened !== undefined) source.addEventListener("open", opened);
  source.addEventListener("error", () => source.readyState === EventSource.CLOSED && refused?.());
  return () => source.close();
}
