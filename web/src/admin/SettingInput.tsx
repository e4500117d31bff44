import { NativeSelect, Textarea, TextInput } from "@mantine/core";

import { money } from "../shell/money";
import type { Setting } from "./settings";

interface Props {
  setting: Setting;
  typed: string;
  change: (typed: string) => void;
  refusal: string | undefined;
  isReadOnly: boolean;
}

export function SettingInput({ setting, typed, change, refusal, isReadOnly }: Props) {
  const common = { label: "Value", value: typed, error: refusal, "data-autofocus": true };
  switch (setting.type) {
    case "choice":
      return (
        <NativeSelect {...common} data={setting.choices} disabled={isReadOnly} onChange={(event) => change(event.currentTarget.value)} />
      );
    case "names":
      return (
        <Textarea
          {...common}
          description="One on each line; the first is tried first"
          rows={4}
          readOnly={isReadOnly}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case "template":
      return (
        <Textarea
          {...common}
          label="Template"
          description="Jinja; it may use title, instruction, selection, context, passages, terms and language"
          rows={14}
          ff="monospace"
          maxLength={setting.characters_max ?? undefined}
          readOnly={isReadOnly}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          description={bounds(setting, typed)}
          inputMode="decimal"
          readOnly={isReadOnly}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
  }
}

function bounds({ key, unit, minimum, maximum }: Setting, typed: string): string {
  const range = `${minimum ?? "any"} to ${maximum ?? "any"}${unit === null ? "" : ` ${unit}`}`;
  return key.endsWith("_micros") && /^\d+$/.test(typed) ? `${range}; this is ${money(Number(typed))}` : range;
}
