import { useDebouncedValue } from "@mantine/hooks";

import { postJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { usePermission } from "../session/permissions";
import { money } from "../shell/money";
import { useBudgets } from "../usage/useBudgets";
import type { Estimate, Kind, Target } from "./generations";

const TYPING_PAUSE_MS = 600;

interface Props {
  documentId: string;
  kind: Kind;
  instruction: string;
  target: Target | null;
}

/** What would be used and what it may cost at most, before anything is asked. */
export function AskPrice({ documentId, kind, instruction, target }: Props) {
  const question = JSON.stringify({ document_id: documentId, kind, instruction: instruction.trim(), target });
  const [settled] = useDebouncedValue(question, TYPING_PAUSE_MS);
  const estimate = useResource(settled, () => postJson<Estimate>("/api/v1/generations/estimate", JSON.parse(settled)));
  const told = estimate.data;
  return (
    <>
      <div>
        <dt>What is used</dt>
        <dd>
          {told === undefined
            ? "Passages of documents that you may read, and the glossary"
            : told.sources.length === 0
              ? "The text there, and the glossary"
              : `${told.sources.length} passages of ${new Set(told.sources.map(({ document_id }) => document_id)).size} documents, and the glossary`}
        </dd>
      </div>
      {told !== undefined && (
        <div>
          <dt>Model and price</dt>
          <dd>
            {told.model}
            {told.offline && ", on this machine"}: {told.cost_micros_max === 0 ? "free" : `at most ${money(told.cost_micros_max)}`}
          </dd>
        </div>
      )}
      <Left />
    </>
  );
}

function Left() {
  const mayRead = usePermission("usage:read");
  return mayRead ? <BindingBudget /> : null;
}

function BindingBudget() {
  const binding = useBudgets().data?.items.find((budget) => budget.binding);
  if (binding === undefined) return null;
  return (
    <div>
      <dt>Left in the budget</dt>
      <dd>{money(binding.remaining_micros)}</dd>
    </div>
  );
}
