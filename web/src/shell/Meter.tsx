import classes from "./shell.module.css";

interface Part {
  share: number;
  tone: "spent" | "reserved";
}

/** A bar whose numbers stand beside it in words, so that it is decoration for whoever cannot see it. */
export function Meter({ parts }: { parts: Part[] }) {
  return (
    <svg className={classes.meter} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect width="100" height="10" className={classes.meterTrack} />
      {parts.map(({ share, tone }, index) => {
        const before = parts.slice(0, index).reduce((sum, part) => sum + part.share, 0);
        const start = Math.min(1, before) * 100;
        return <rect key={tone} x={start} width={Math.max(0, Math.min(100 - start, share * 100))} height="10" data-tone={tone} />;
      })}
    </svg>
  );
}
