import type { Actor } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";

export type SettingValue = boolean | number | string | string[];
export type SetBy = "default" | "platform" | "tenant" | "member";

export interface Setting {
  key: string;
  type: "flag" | "whole" | "share" | "names" | "template" | "choice";
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

/** `ai.route.small` as a name: the words after the group. */
export function settingName(key: string): string {
  const words = key.split(".").slice(1).join(" ").replaceAll("_", " ").replace(/ micros$/, "").replace(/^pii /, "PII ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface SettingGroup {
  name: string;
  settings: Setting[];
}

const GROUPS: [string, (key: string) => boolean][] = [
  ["Money", (key) => key.endsWith("_micros")],
  ["Models and routes", (key) => key.startsWith("ai.route.") || key === "ai.confidence_threshold"],
  ["Limits of a call", (key) => key.startsWith("ai.")],
  ["What models are told", (key) => key.startsWith("prompt.")],
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
  switch (setting.type) {
    case "flag":
      return { value: typed === "true" };
    case "names": {
      const names = typed.split(/[\n,]/).map((name) => name.trim()).filter((name) => name !== "");
      return names.length === 0 ? { refusal: "Give at least one name." } : { value: names };
    }
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

export function typedOf(value: SettingValue): string {
  return Array.isArray(value) ? value.join("\n") : String(value);
}

/** A value in a line of a list. */
export function shortValue(value: SettingValue | null): string {
  if (value === null) return "taken back";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "boolean") return value ? "on" : "off";
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
