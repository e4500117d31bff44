import { ActionIcon } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";

import { Icon } from "./Icon";

export function CopyButton({ value, what }: { value: string; what: string }) {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={26}
      aria-label={clipboard.copied ? "Copied" : `Copy ${what}`}
      title={clipboard.copied ? "Copied" : `Copy ${what}`}
      onClick={() => clipboard.copy(value)}
    >
      <Icon name={clipboard.copied ? "check" : "copy"} size={14} />
    </ActionIcon>
  );
}
