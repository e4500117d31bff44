import { useEffect, useState } from "react";

import { exactTime, humanTime } from "./humanTime";

const TICK_MS = 30_000;

/** A moment in human words that stay true while the page is open; the exact time is its title. */
export function Moment({ at }: { at: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const moment = new Date(at);
  return (
    <time dateTime={at} title={exactTime(moment)}>
      {humanTime(moment, now)}
    </time>
  );
}
