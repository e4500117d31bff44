const MICROS = 1_000_000;

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, digits: number): Intl.NumberFormat {
  const key = `${currency} ${digits}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat("en-US", { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: digits });
  formats.set(key, made);
  return made;
}

/** Small sums keep their digits: a call that cost something must not read as nothing. */
export function money(micros: number, currency = "USD"): string {
  const isSmall = Math.abs(micros) < MICROS && micros % (MICROS / 100) !== 0;
  return format(currency, isSmall ? 6 : 2).format(micros / MICROS);
}

/** A sum as it is typed, in millionths of its unit, or null when that is no sum. */
export function microsOf(typed: string): number | null {
  const text = typed.trim().replace(/^(?:\p{Sc}|[A-Z]{3})\s*/u, "");
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) return null;
  const [whole = "0", fraction = ""] = text.split(".");
  return Number(whole) * MICROS + Number(fraction.padEnd(6, "0"));
}

/** A sum as it is typed into a field. */
export function typedSum(micros: number): string {
  return (micros / MICROS).toFixed(6).replace(/\.?0+$/, "");
}
