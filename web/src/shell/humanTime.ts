const LOCALE = "en-GB";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "long", hour: "2-digit", minute: "2-digit" });
const dayThisYear = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long" });
const dayAnyYear = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long", year: "numeric" });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" });

/** Whole calendar days between two moments, in the reader's own time zone. */
export function daysBetween(earlier: Date, later: Date): number {
  const from = Date.UTC(earlier.getFullYear(), earlier.getMonth(), earlier.getDate());
  const to = Date.UTC(later.getFullYear(), later.getMonth(), later.getDate());
  return Math.round((to - from) / (24 * HOUR_MS));
}

/** The moment as a person would say it at `now`. */
export function humanTime(moment: Date, now: Date): string {
  const ago = now.getTime() - moment.getTime();
  if (ago < MINUTE_MS) return "just now";
  const minutes = Math.floor(ago / MINUTE_MS);
  if (minutes < 60) return minutes === 1 ? "a minute ago" : `${minutes} minutes ago`;
  const days = daysBetween(moment, now);
  if (days === 0) {
    const hours = Math.floor(ago / HOUR_MS);
    return hours === 1 ? "an hour ago" : `${hours} hours ago`;
  }
  if (days === 1) return `yesterday at ${clock.format(moment)}`;
  if (days < 7) return weekday.format(moment).replace(" ", " at ").replace("at at", "at");
  return moment.getFullYear() === now.getFullYear() ? dayThisYear.format(moment) : dayAnyYear.format(moment);
}

export function exactTime(moment: Date): string {
  return exact.format(moment);
}
