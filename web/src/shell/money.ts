const MICROS = 1_000_000;

const whole = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 2 });
const fine = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: 6 });

/** Small sums keep their digits: a call that cost something must not read as nothing. */
export function money(micros: number): string {
  const isSmall = Math.abs(micros) < MICROS && micros % (MICROS / 100) !== 0;
  return (isSmall ? fine : whole).format(micros / MICROS);
}

/** `typed` dollars in micro-dollars, or null when that is no sum. */
export function microsOf(typed: string): number | null {
  const text = typed.trim().replace(/^\$/, "");
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) return null;
  const [dollars = "0", fraction = ""] = text.split(".");
  return Number(dollars) * MICROS + Number(fraction.padEnd(6, "0"));
}

/** A sum as it is typed into a field. */
export function dollars(micros: number): string {
  return (micros / MICROS).toFixed(6).replace(/\.?0+$/, "");
}
