import { Button, Text } from "@mantine/core";

import notices from "../shell/notices.module.css";
import { type Setting, shortValue } from "./settings";

interface Props {
  known: Setting;
  currency: string;
  look: () => void;
  isLooking: boolean;
}

export function SettingConflict({ known, currency, look, isLooking }: Props) {
  return (
    <section className={notices.problem} role="alert">
      <div className={notices.problemBody}>
        <Text fw={600}>Somebody else changed this</Text>
        <Text size="sm" c="dimmed">
          It was “{shortValue(known, known.value, currency)}” when you opened it and has been changed since. Yours was not set. Look at theirs
          first; what you typed stays.
        </Text>
        <Button size="xs" mt="sm" variant="default" loading={isLooking} onClick={look}>
          Show the newest value
        </Button>
      </div>
    </section>
  );
}
