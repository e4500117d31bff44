/** What a link may lead to beside this server, as the server has it: `SAFE_SCHEMES` in infra/body/schema.py. */
const SCHEMES = ["http", "https", "mailto", "tel"];
const SAFE = /^(https?:\/\/|mailto:|tel:|\/)/i;

/** Whether the server keeps a link to this address. */
export function isKept(address: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address.replace(/\s/g, ""))?.[1];
  return scheme === undefined || SCHEMES.includes(scheme.toLowerCase());
}

/** An address as it will be stored, or null when it cannot be one. `example.org` means https. */
export function linkAddress(typed: string): string | null {
  const text = typed.trim();
  if (SAFE.test(text)) return text;
  if (/^[\w.+-]+@[\w-]+\.[\w.-]+$/.test(text)) return `mailto:${text}`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || /\s/.test(text)) return null;
  return /^[\w-]+(\.[\w-]+)+/.test(text) ? `https://${text}` : null;
}

/** Images come from this server: the page's policy loads them from nowhere else. */
export function imageAddress(typed: string, origin: string): string | null {
  const text = typed.trim();
  if (/^data:image\/(png|jpeg|gif|webp|avif);base64,/i.test(text)) return text;
  if (text.startsWith("/") && !text.startsWith("//")) return text;
  return text.startsWith(`${origin}/`) ? text.slice(origin.length) : null;
}
