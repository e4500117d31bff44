import { NativeSelect, Textarea, TextInput } from "@mantine/core";

import { isMoney, type Setting } from "./settings";

interface Props {
  setting: Setting;
  currency: string;
  typed: string;
  change: (typed: string) => void;
  refusal: string | undefined;
  isReadOnly: boolean;
}

const LISTS = {
  names: "One on each line; the first is tried first",
  words: "One on each line",
  patterns: "One regular expression on each line",
};

export function SettingInput({ setting, currency, typed, change, refusal, isReadOnly }: Props) {
  const common = { label: "Value", value: typed, error: refusal, "data-autofocus": true };
  switch (setting.type) {
    case "choice":
      return (
        <NativeSelect {...common} data={setting.choices} disabled={isReadOnly} onChange={(event) => change(event.currentTarget.value)} />
      );
    case "names":
    case "words":
    case "patterns":
      return (
        <Textarea
          {...common}
          description={LISTS[setting.type]}
          rows={4}
          readOnly={isReadOnly}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case "prices":
      return (
        <Textarea
          {...common}
          description="One model on each line, in millionths of a dollar for a million tokens: provider/model input=250000 output=1000000"
          rows={6}
          ff="monospace"
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
          description={isMoney(setting) ? `In ${currency}` : bounds(setting)}
          inputMode="decimal"
          readOnly={isReadOnly}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
  }
}

function bounds({ unit, minimum, maximum }: Setting): string {
  return `${minimum ?? "any"} to ${maximum ?? "any"}${unit === null ? "" : ` ${unit}`}`;
}
