export interface StreamHandlers {
  /** By the name of the event; the data is JSON. */
  on: Record<string, (data: never) => void>;
  /** The connection is open, again or for the first time: what happened in a gap has to be asked for. */
  opened?: () => void;
  /** The server refuses for good; a broken line is mended by the browser itself. */
  refused?: () => void;
}

/**
 * Server-sent events with the browser's own reconnecting. A hidden page lets go of its connection: browsers grant six
 * to a server, and as many tabs would leave none for anything else.
 */
export function eventStream(path: string, handlers: StreamHandlers): () => void {
  let source: EventSource | undefined;
  const follow = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else source ??= connected(path, handlers);
  };
  follow();
  document.addEventListener("visibilitychange", follow);
  return () => {
    document.removeEventListener("visibilitychange", follow);
    source?.close();
  };
}

function connected(path: string, { on, opened, refused }: StreamHandlers): EventSource {
  const source = new EventSource(path, { withCredentials: true });
  for (const [name, handle] of Object.entries(on)) {
    source.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data) as never));
  }
  if (opened !== undefined) source.addEventListener("open", opened);
  source.addEventListener("error", () => source.readyState === EventSource.CLOSED && refused?.());
  return source;
}
