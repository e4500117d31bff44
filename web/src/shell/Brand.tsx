import classes from "./header.module.css";

/** The pilcrow: the sign that once told a reader where a new thought begins. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" className={classes.brandTile} />
        <path
          d="M20.5 8v16M16 8v16M22 8h-8.5a4.5 4.5 0 0 0 0 9H16"
          fill="none"
          stroke="#fff"
          strokeWidth="2.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <path d="M13.5 8a4.5 4.5 0 0 0 0 9H16V8z" fill="#fff" />
      </svg>
      <span className={classes.brandName}>Colophon</span>
    </span>
  );
}
