import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { getJson, postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { actorName } from "../shell/actorName";
import { Dialog } from "../shell/Dialog";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import { type Decision, type FindingDetail, kindWords, ruleWords, stateWords } from "./findings";
import classes from "./moderation.module.css";

interface Props {
  id: string;
  close: () => void;
  onChanged: () => void;
}

export function FindingDialog({ id, close, onChanged }: Props) {
  const address = `/api/v1/moderation/reviews/${id}`;
  const finding = useResource(id, (signal) => getJson<FindingDetail>(address, signal));
  const [reason, setReason] = useState("");
  const decide = useCommand(async (decision: Decision) => {
    await postJson(`${address}/decision`, { decision, reason: reason.trim() });
    onChanged();
    close();
  });
  return (
    <Dialog isOpen close={close} title="What was found">
      <Loaded resource={finding} what="the finding">
        {(shown) => (
          <Stack gap="md">
            <Said finding={shown} />
            {shown.state === "decided" ? (
              <Text size="sm">
                {stateWords(shown)}
                {shown.decided_by !== null && `, decided by ${actorName(shown.decided_by)}`}
                {shown.decided_at !== null && (
                  <>
                    , <Moment at={shown.decided_at} />
                  </>
                )}
                .{shown.reason !== "" && ` “${shown.reason}”`}
              </Text>
            ) : (
              <>
                <Textarea
                  label="Reason"
                  description="Stays on record."
                  rows={2}
                  maxLength={1000}
                  value={reason}
                  onChange={(event) => setReason(event.currentTarget.value)}
                />
                {decide.problem !== undefined && <ProblemNotice problem={decide.problem} />}
                <Group justify="flex-end" gap="xs">
                  <Button variant="default" loading={decide.isRunning} onClick={() => void decide.run("false_alarm")}>
                    False alarm
                  </Button>
                  {shown.member !== null && (
                    <Button variant="default" loading={decide.isRunning} onClick={() => void decide.run("allow")}>
                      Allow to {actorName(shown.member)}
                    </Button>
                  )}
                  <Button loading={decide.isRunning} onClick={() => void decide.run("confirm")}>
                    The rule is right
                  </Button>
                </Group>
                <Text size="xs" c="dimmed">
                  After a false alarm the same sentence passes for everybody; where it is allowed, for who asked.
                </Text>
              </>
            )}
          </Stack>
        )}
      </Loaded>
    </Dialog>
  );
}

function Said({ finding }: { finding: FindingDetail }) {
  return (
    <>
      <Text size="sm">
        {kindWords(finding.kind)}: <strong>{finding.rules.map(ruleWords).join(", ")}</strong>
        {finding.found_by !== "rules" && `, found by ${finding.found_by}`}. {finding.what_happened}
      </Text>
      {/* Text as text: what somebody or a model wrote is never markup here. */}
      {finding.excerpt !== "" && <blockquote className={classes.excerpt}>{finding.excerpt}</blockquote>}
      {finding.source_documents.map((documentId) => (
        <Link key={documentId} to="/d/$id" params={{ id: documentId }} className={classes.link}>
          The document that it stands in
        </Link>
      ))}
      <Text size="xs" c="dimmed">
        {finding.member === null ? "A process" : actorName(finding.member)}, <Moment at={finding.opened_at} />
      </Text>
    </>
  );
}
