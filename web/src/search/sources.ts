import type { Citation } from "../server/resources";

/** A source that was withdrawn from the reader since keeps its number and nothing else. */
export type Source = Citation | { number: number; withheld: true };

export function isShown(source: Source): source is Citation {
  return !("withheld" in source && source.withheld);
}

/** The source that a mark in the text names, or undefined when it names none that may be shown. */
export function sourceOf(sources: readonly Source[], number: number): Citation | undefined {
  const found = sources.find((source, index) => (source.number ?? index + 1) === number);
  return found !== undefined && isShown(found) ? found : undefined;
}
