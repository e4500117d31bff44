import type { Actor } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { microsOf, money, typedSum } from "../shell/money";

export type SettingValue = boolean | number | string | string[];
export type SetBy = "default" | "platform" | "tenant" | "member";

export interface Setting {
  key: string;
  type: "flag" | "whole" | "share" | "names" | "template" | "choice" | "prices" | "words" | "patterns";
  description: string;
  default: SettingValue;
  unit: string | null;
  minimum: number | null;
  maximum: number | null;
  choices: string[];
  characters_max: number | null;
  scopes: string[];
  value: SettingValue;
  set_by: SetBy;
  version: number;
}

export interface SettingChange {
  version: number;
  value: SettingValue | null;
  changed_at: string;
  changed_by: Actor;
}

export function useSettings() {
  return useResource("settings", (signal) => getJson<{ items: Setting[] }>("/api/v1/settings", signal));
}

const SET_BY: Record<SetBy, string> = {
  default: "Built in",
  platform: "Inherited from the installation",
  tenant: "Set here",
  member: "Set for one member",
};

export function setByWords(setBy: SetBy): string {
  return SET_BY[setBy];
}

const NAMES: Record<string, string> = {
  "ai.member_day_micros": "Each member, in a day",
  "ai.key_day_micros": "Each API key, in a day",
  "ai.request_micros": "One call",
  "ai.tenant_day_micros": "Everybody, in a day",
  "ai.tenant_month_micros": "Everybody, in a month",
};

export function isMoney({ key }: Setting): boolean {
  return key.endsWith("_micros");
}

/** `ai.route.small` as a name: the words after the group. */
export function settingName(key: string): string {
  if (NAMES[key] !== undefined) return NAMES[key];
  const words = key.split(".").slice(1).join(" ").replaceAll("_", " ").replace(/^pii /, "PII ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface SettingGroup {
  name: string;
  settings: Setting[];
}

const GROUPS: [string, (key: string) => boolean][] = [
  ["Money", (key) => /_micros$|^ai\.(currency|micros_per_usd|contract_prices|unpriced)/.test(key)],
  ["Models and routes", (key) => key.startsWith("ai.route.") || key.startsWith("ai.confidence_")],
  ["What models are told", (key) => key.startsWith("ai.template_") || key === "ai.prompt_tokens_max"],
  ["Limits of a call", (key) => key.startsWith("ai.")],
  ["Documents", () => true],
];

/** What is not a switch, in the order of the registry, under headings. */
export function grouped(settings: readonly Setting[]): SettingGroup[] {
  const groups = GROUPS.map(([name]) => ({ name, settings: [] as Setting[] }));
  for (const setting of settings) {
    if (setting.type === "flag") continue;
    groups[GROUPS.findIndex(([, holds]) => holds(setting.key))]?.settings.push(setting);
  }
  return groups.filter((group) => group.settings.length > 0);
}

/** What is typed as the value that is sent, or the sentence why it cannot be one. */
export function readTyped(setting: Setting, typed: string): { value: SettingValue } | { refusal: string } {
  if (isMoney(setting)) return readMoney(typed);
  switch (setting.type) {
    case "flag":
      return { value: typed === "true" };
    case "names": {
      const names = typed.split(/[\n,]/).map((name) => name.trim()).filter((name) => name !== "");
      return names.length === 0 ? { refusal: "Give at least one name." } : { value: names };
    }
    case "prices":
    case "words":
    case "patterns":
      return { value: typed.split("\n").map((line) => line.trim()).filter((line) => line !== "") };
    case "whole":
    case "share": {
      const number = Number(typed);
      const isFit = typed.trim() !== "" && (setting.type === "whole" ? Number.isSafeInteger(number) : Number.isFinite(number));
      if (!isFit) return { refusal: setting.type === "whole" ? "Give a whole number." : "Give a number." };
      const { minimum, maximum } = setting;
      if ((minimum !== null && number < minimum) || (maximum !== null && number > maximum)) {
        return { refusal: `Between ${minimum ?? "any"} and ${maximum ?? "any"}.` };
      }
      return { value: number };
    }
    case "template":
    case "choice":
      return { value: typed };
  }
}

function readMoney(typed: string): { value: number } | { refusal: string } {
  const micros = microsOf(typed);
  return micros === null ? { refusal: "Give a sum such as 2 or 0.50." } : { value: micros };
}

/** A value as it is typed into its field. */
export function typedOf(setting: Setting): string {
  const { value } = setting;
  if (isMoney(setting)) return typedSum(Number(value));
  return Array.isArray(value) ? value.join("\n") : String(value);
}

/** The currency in which the tenant's sums are, as the settings themselves say. */
export function currencyOf(settings: readonly Setting[]): string {
  const found = settings.find(({ key }) => key === "ai.currency")?.value;
  return typeof found === "string" ? found : "USD";
}

/** A value in a line of a list. */
export function shortValue(setting: Setting, value: SettingValue | null, currency: string): string {
  if (value === null) return "taken back";
  if (isMoney(setting)) return money(Number(value), currency);
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "boolean") return value ? "on" : "off";
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
