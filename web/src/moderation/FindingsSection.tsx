import { Button, SegmentedControl, Text, Title } from "@mantine/core";
import { useState } from "react";

import { usePages } from "../server/usePages";
import { actorName } from "../shell/actorName";
import { EmptyState } from "../shell/EmptyState";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { Exceptions } from "./Exceptions";
import { FindingDialog } from "./FindingDialog";
import { type Finding, type FindingState, kindWords, listAddress, ruleWords, stateWords } from "./findings";
import classes from "./moderation.module.css";

const LISTS: Record<string, FindingState[]> = { waiting: ["open", "noted"], decided: ["decided"] };

/** What checks of prompts and answers have found and somebody has to judge; its words only where it is opened. */
export function FindingsSection() {
  const [list, setList] = useState("waiting");
  const [opened, setOpened] = useState<string>();
  const [round, setRound] = useState(0);
  const findings = usePages<Finding>(listAddress(LISTS[list] ?? []));
  const changed = () => {
    findings.reload();
    setRound((current) => current + 1);
  };
  return (
    <>
      <div className={classes.bar}>
        <Text size="sm" c="dimmed" maw={520}>
          Whether something waits here, and whether the call goes on meanwhile, stands in the settings under{" "}
          <code>ai.moderation</code>, <code>ai.injection</code> and <code>ai.review</code>.
        </Text>
        <SegmentedControl
          aria-label="Which findings"
          value={list}
          onChange={setList}
          data={[
            { value: "waiting", label: "Waiting" },
            { value: "decided", label: "Decided" },
          ]}
        />
      </div>
      <Loaded
        resource={{ data: findings.items, problem: findings.problem, reload: findings.reload }}
        what="the findings"
        forWhom="Findings are shown to owners and administrators."
      >
        {(items) =>
          items.length === 0 ? (
            <EmptyState icon="shield" title={list === "waiting" ? "Nothing waits" : "Nothing was decided yet"}>
              What a check of a prompt or an answer finds stands here when the settings say that it is to be reviewed.
            </EmptyState>
          ) : (
            <>
              <ul className={classes.findings} aria-label="Findings">
                {items.map((finding) => (
                  <FindingRow key={finding.id} finding={finding} open={() => setOpened(finding.id)} />
                ))}
              </ul>
              {findings.more !== undefined && (
                <Button variant="default" mt="md" loading={findings.isLoading} onClick={findings.more}>
                  Show more
                </Button>
              )}
            </>
          )
        }
      </Loaded>
      <Title order={2} size="h4" mt="xl" mb="xs">
        Exceptions
      </Title>
      <Exceptions round={round} />
      {opened !== undefined && <FindingDialog id={opened} close={() => setOpened(undefined)} onChanged={changed} />}
    </>
  );
}

function FindingRow({ finding, open }: { finding: Finding; open: () => void }) {
  return (
    <li className={classes.finding}>
      <div className={classes.text}>
        <p>
          <strong>{kindWords(finding.kind)}</strong>: {finding.rules.map(ruleWords).join(", ")}
        </p>
        <p className={classes.meta}>
          {finding.member === null ? "A process" : actorName(finding.member)}, <Moment at={finding.opened_at} />
          {finding.decided_by !== null && ` · decided by ${actorName(finding.decided_by)}`}
        </p>
      </div>
      <span className={classes.state} data-state={finding.state}>
        {stateWords(finding)}
      </span>
      <Button variant="default" size="xs" onClick={open} aria-label={`Look at: ${kindWords(finding.kind)}`}>
        Look
      </Button>
    </li>
  );
}
