import { SourceList, SourceMark } from "../search/SourceMark";
import { sourceOf } from "../search/sources";
import { Icon } from "../shell/Icon";
import { MarkdownText } from "../shell/MarkdownText";
import { Moment } from "../shell/Moment";
import { money } from "../shell/money";
import classes from "./assistant.module.css";
import { type Message, problemWords } from "./conversations";

export function MessageItem({ message }: { message: Message }) {
  const { role, text, sources, generation, at, notice, problem, stopped, withheld } = message;
  if (role === "user") {
    return (
      <li className={classes.question}>
        <p>{text}</p>
      </li>
    );
  }
  return (
    <li className={classes.answer}>
      <div className={classes.answerText}>
        <MarkdownText
          text={text}
          cite={(number) => {
            const citation = sourceOf(sources, number);
            return citation === undefined ? undefined : <SourceMark number={number} citation={citation} />;
          }}
        />
      </div>
      {problem !== null && <p className={classes.problem}>{problemWords(problem)}</p>}
      {stopped && text === "" && <p className={classes.notice}>You stopped this before anything was said.</p>}
      {withheld && <p className={classes.notice}>Sentences are left out: a document they rest on is no longer shared with you.</p>}
      {notice !== "" && <p className={classes.notice}>{notice}</p>}
      <SourceList sources={sources} />
      <p className={classes.label}>
        <Icon name="ai" size={14} /> AI
        {generation?.model !== undefined && generation.model !== null && ` · ${generation.model}`}
        {generation?.cost_micros !== undefined && generation.cost_micros !== null && ` · ${money(generation.cost_micros, generation.currency ?? undefined)}`} ·{" "}
        <Moment at={at} />
      </p>
    </li>
  );
}

export function RunningAnswer({ text }: { text: string }) {
  return (
    <li className={classes.answer} aria-busy="true">
      <div className={classes.answerText}>{text === "" ? <p className={classes.thinking}>Looking in your documents…</p> : <MarkdownText text={text} />}</div>
    </li>
  );
}
