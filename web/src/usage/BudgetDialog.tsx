import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { putJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Dialog } from "../shell/Dialog";
import { microsOf, typedSum } from "../shell/money";
import { ProblemNotice } from "../shell/ProblemNotice";
import { type Budget, type BudgetScope } from "./usage";

const TITLES: Record<BudgetScope, string> = {
  member_day: "What each member may spend in a day",
  key_day: "What each API key may spend in a day",
  tenant_day: "What everybody together may spend in a day",
  tenant_month: "What everybody together may spend in a month",
};

interface Props {
  budget: Budget;
  currency: string;
  close: () => void;
  onChanged: () => void;
}

export function BudgetDialog({ budget, currency, close, onChanged }: Props) {
  const [typed, setTyped] = useState(typedSum(budget.limit_micros));
  const micros = microsOf(typed);
  const change = useCommand(async (limit_micros: number) => {
    await putJson(`/api/v1/budgets/${budget.scope}`, { limit_micros }, budget.version);
    onChanged();
    close();
  });
  return (
    <Dialog isOpen close={close} title="Change the limit">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (micros !== null) void change.run(micros);
        }}
      >
        <Stack gap="md">
          <Text>{TITLES[budget.scope]}. It counts from the next call on; calls that run already keep what they reserved.</Text>
          <TextInput
            label={`Limit in ${currency}`}
            description="0 lets nothing through that costs money."
            inputMode="decimal"
            data-autofocus
            value={typed}
            error={micros === null ? "Give a sum such as 2 or 0.50." : undefined}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {change.problem !== undefined && <ProblemNotice problem={change.problem} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" disabled={micros === null} loading={change.isRunning}>
              Change
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
