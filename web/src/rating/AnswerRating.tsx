import { Button, TextInput } from "@mantine/core";
import { useId, useState } from "react";

import { getJson, postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { usePermission } from "../session/permissions";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./rating.module.css";
import { feedbackOf, GRADES, gradeWords, type OwnRating, type Rated } from "./ratings";

const COMMENT_LENGTH_MAX = 2000;

/** How good this reader found an answer; nothing for whoever does not rate. */
export function AnswerRating({ of }: { of: Rated }) {
  const mayRate = usePermission("ai:use");
  return mayRate ? <OwnGrade key={feedbackOf(of)} address={feedbackOf(of)} /> : null;
}

function OwnGrade({ address }: { address: string }) {
  const name = useId();
  const own = useResource(address, (signal) => getJson<OwnRating>(address, signal));
  const [said, setSaid] = useState<OwnRating>();
  const now = said ?? own.data;
  const rate = useCommand(async (rating: number, comment: string) => {
    await postJson(address, { rating, comment });
    setSaid({ rating, comment, rated_at: new Date().toISOString() });
  });
  // A call of somebody else's, or of a document that was withdrawn: there is nothing for this reader to say.
  if (own.problem?.status === 404) return null;
  const rating = now?.rating ?? null;
  const problem = rate.problem ?? own.problem;
  return (
    <div className={classes.rating} role="group" aria-labelledby={name}>
      <div className={classes.line}>
        <span id={name} className={classes.question}>
          How good is this answer?
        </span>
        <span className={classes.grades}>
          {GRADES.map(({ grade, words }) => (
            <button
              key={grade}
              type="button"
              className={classes.grade}
              aria-pressed={grade === rating}
              aria-label={`${grade}: ${words}`}
              title={words}
              disabled={now === undefined}
              onClick={() => void rate.run(grade, now?.comment ?? "")}
            >
              {grade}
            </button>
          ))}
        </span>
        <span className={classes.words} role="status">
          {gradeWords(rating)}
        </span>
      </div>
      {rating !== null && <Reason key={now?.comment} held={now?.comment ?? ""} isSaving={rate.isRunning} save={(comment) => void rate.run(rating, comment)} />}
      {problem !== undefined && <ProblemNotice problem={problem} />}
    </div>
  );
}

interface ReasonProps {
  held: string;
  isSaving: boolean;
  save: (comment: string) => void;
}

function Reason({ held, isSaving, save }: ReasonProps) {
  const [typed, setTyped] = useState(held);
  return (
    <form
      className={classes.reason}
      onSubmit={(event) => {
        event.preventDefault();
        save(typed.trim());
      }}
    >
      <TextInput
        size="xs"
        flex={1}
        aria-label="Why"
        placeholder="Why? (may stay empty)"
        maxLength={COMMENT_LENGTH_MAX}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default" loading={isSaving} disabled={typed.trim() === held}>
        {typed.trim() === held && held !== "" ? "Saved" : "Save"}
      </Button>
    </form>
  );
}
