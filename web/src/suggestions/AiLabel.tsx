import { useId, useState } from "react";

import { AnswerRating } from "../rating/AnswerRating";
import { SourceList } from "../search/SourceMark";
import { isShown } from "../search/sources";
import { actorName } from "../shell/actorName";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import { money } from "../shell/money";
import { modelName, type Suggestion } from "./suggestions";
import classes from "./aiLabel.module.css";

/** What wrote this, by which template, for how much, and on which sources: one press away, never hidden. */
export function AiLabel({ suggestion }: { suggestion: Suggestion }) {
  const card = useId();
  const [isOpen, setIsOpen] = useState(false);
  const { generation, origin, author, created_at: at } = suggestion;
  if (origin === "human" || generation === null || generation.model === null) {
    return (
      <span className={classes.label} data-origin={origin}>
        <Icon name={origin === "ai" ? "ai" : "suggestion"} size={14} />
        {origin === "ai" ? "AI" : actorName(author)}
      </span>
    );
  }
  const { template, template_version: version, cost_micros: cost, notice } = generation;
  const sources = generation.sources.filter(isShown);
  const facts = [modelName(generation), cost === null ? null : money(cost, generation.currency ?? undefined), sources.length === 0 ? null : `${sources.length} ${sources.length === 1 ? "source" : "sources"}`];
  return (
    <>
      <button type="button" className={classes.label} data-origin="ai" popoverTarget={card}>
        <Icon name="ai" size={14} /> {["AI", ...facts.filter((fact) => fact !== null)].join(" · ")}
      </button>
      <div
        id={card}
        popover="auto"
        className={classes.labelCard}
        role="group"
        aria-label="Where this comes from"
        onToggle={(event) => event.target === event.currentTarget && setIsOpen(event.newState === "open")}
        // The card around it takes letters for decisions.
        onKeyDown={(event) => event.stopPropagation()}
      >
        <dl className={classes.facts}>
          <Fact name="Asked by" value={actorName(author)} />
          <Fact name="Model" value={modelName(generation)} />
          <Fact name="Template" value={template === null ? "Not known yet" : `${template}, ${version === 0 || version === null ? "built in" : `version ${version}`}`} />
          <Fact name="Cost" value={cost === null ? "Not settled yet" : money(cost, generation.currency ?? undefined)} />
          <div>
            <dt>When</dt>
            <dd>
              <Moment at={at} />
            </dd>
          </div>
        </dl>
        {notice !== undefined && notice !== null && notice !== "" && <p className={classes.labelNote}>{notice}</p>}
        <p className={classes.labelNote}>{sources.length === 0 ? "No document was used as a source." : "It rests on these passages:"}</p>
        <SourceList sources={sources} />
        {isOpen && (
          <div className={classes.labelRating}>
            <AnswerRating of={{ generationId: generation.id }} />
          </div>
        )}
      </div>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
