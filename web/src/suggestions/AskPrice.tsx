import { money } from "../shell/money";
import { useBudgets } from "../usage/useBudgets";

/** What would be used and what may still be spent, before anything is asked. */
export function AskPrice() {
  const budgets = useBudgets().data;
  const binding = budgets?.items.find((budget) => budget.binding);
  return (
    <>
      <div>
        <dt>What is used</dt>
        <dd>The text there, passages of documents that you may read, and the glossary</dd>
      </div>
      {binding !== undefined && (
        <div>
          <dt>You may spend</dt>
          <dd>at most {money(binding.remaining_micros, budgets?.currency)}; never more is taken, and what it did cost stands on the suggestion</dd>
        </div>
      )}
    </>
  );
}
