import { Badge, Button, Text } from "@mantine/core";
import { useState } from "react";

import { usePermission } from "../session/permissions";
import { Loaded } from "../shell/Loaded";
import { Meter } from "../shell/Meter";
import { money } from "../shell/money";
import { BudgetDialog } from "./BudgetDialog";
import { type Budget, budgetShares, budgetWords } from "./usage";
import classes from "./usage.module.css";
import { useBudgets } from "./useBudgets";

export function Budgets() {
  const budgets = useBudgets();
  const mayChange = usePermission("budget:write");
  const [open, setOpen] = useState<Budget>();
  return (
    <Loaded resource={budgets} what="the budgets" height={150} forWhom="Budgets are shown to owners, administrators and auditors.">
      {({ items, currency }) => (
        <>
          <ul className={classes.budgets} aria-label="Budgets">
            {items.map((budget) => (
              <BudgetCard key={budget.scope} budget={budget} currency={currency} change={mayChange ? () => setOpen(budget) : undefined} />
            ))}
          </ul>
          {open !== undefined && (
            <BudgetDialog budget={open} currency={currency} close={() => setOpen(undefined)} onChanged={budgets.reload} />
          )}
        </>
      )}
    </Loaded>
  );
}

const SET_BY: Record<Budget["set_by"], string> = {
  default: "the built-in limit",
  platform: "set for the whole installation",
  tenant: "set by your administrators",
  member: "set for you",
  plan: "your plan’s cap",
};

interface CardProps {
  budget: Budget;
  currency: string;
  change: (() => void) | undefined;
}

function BudgetCard({ budget, currency, change }: CardProps) {
  const shares = budgetShares(budget);
  const name = budgetWords(budget.scope);
  return (
    <li className={classes.budget} data-binding={budget.binding}>
      <div className={classes.budgetHead}>
        <h3 className={classes.budgetName}>{name}</h3>
        {budget.binding && (
          <Badge radius="sm" tt="none" variant="light" title="The next call is stopped by this one first">
            Binding
          </Badge>
        )}
      </div>
      <p className={classes.remaining}>
        <strong>{money(budget.remaining_micros, currency)}</strong> left
      </p>
      <Meter
        parts={[
          { share: shares.spent, tone: "spent" },
          { share: shares.reserved, tone: "reserved" },
        ]}
      />
      <dl className={classes.sums}>
        <Sum name="Spent" micros={budget.spent_micros} currency={currency} />
        {budget.forgiven_micros > 0 && <Sum name="Before the reset" micros={budget.forgiven_micros} currency={currency} />}
        <Sum name="Reserved" micros={budget.reserved_micros} currency={currency} />
        <Sum name="Limit" micros={budget.limit_micros} currency={currency} />
      </dl>
      <Text size="sm" c="dimmed">
        Begins anew {resets(budget.resets_at)}; {SET_BY[budget.set_by]}.
      </Text>
      {change !== undefined && (
        <Button variant="default" size="xs" mt="sm" onClick={change} aria-label={`Change the limit: ${name}`}>
          Change the limit
        </Button>
      )}
    </li>
  );
}

function Sum({ name, micros, currency }: { name: string; micros: number; currency: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{money(micros, currency)}</dd>
    </div>
  );
}

const moment = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

function resets(at: string): string {
  return moment.format(new Date(at));
}
