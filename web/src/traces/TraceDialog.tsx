import { Button, Group, Text } from "@mantine/core";

import { AnswerRating } from "../rating/AnswerRating";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { Dialog } from "../shell/Dialog";
import { Loaded } from "../shell/Loaded";
import { money } from "../shell/money";
import { WhatWasSaid } from "./WhatWasSaid";
import { milliseconds, modelOf, placeOf, type Trace, type TraceStep } from "./traces";
import classes from "./traces.module.css";

const GOOD = new Set(["", "answered", "compared", "overtaken", "left"]);

export function TraceDialog({ callId, close }: { callId: string; close: () => void }) {
  const trace = useResource(`trace:${callId}`, (signal) => getJson<Trace>(`/api/v1/traces/${callId}`, signal));
  return (
    <Dialog isOpen close={close} title="One call of a model" size="xl">
      <Loaded resource={trace} what="the call">
        {(data) => (
          <>
            <Text size="sm" c="dimmed">
              {data.route_reason === "" ? "Nothing is known of why this model." : `Why this model: ${data.route_reason}.`}
            </Text>
            <ol className={classes.steps} aria-label="What its time went into">
              {data.steps.map((step, index) => (
                <Step key={index} step={step} whole={data.latency_milliseconds} />
              ))}
            </ol>
            <dl className={classes.facts}>
              <Fact name={data.code === "" ? "Answered by" : "Asked for"} value={modelOf(data)} />
              <Fact name="Not answered" value={[data.code, data.stage && `at ${data.stage.replaceAll("_", " ")}`, data.detail].filter(Boolean).join(", ")} />
              <Fact name="Whole time" value={`${data.latency_milliseconds} ms`} />
              <Fact name="Ended" value={data.finish_reason} />
              <Fact name="Tokens" value={counted(data.tokens)} />
              <Fact name="Cost" value={`${money(data.cost_micros, data.currency)} of ${money(data.reserved_micros, data.currency)} held`} />
              <Fact name="Template" value={data.template === "" ? "" : `${data.template}, ${data.template_version === 0 ? "built in" : `version ${data.template_version}`}`} />
              <Fact name="Experiment" value={data.experiment} />
              <Fact name="Confidence" value={data.confidence_permille === null ? "" : `${(data.confidence_permille / 10).toFixed(0)} %`} />
              <Fact name="Masked" value={counted(data.masked)} />
              <Fact name="Found" value={counted(data.findings)} />
              <Fact name="Checks" value={Object.entries(data.verdicts).map(([check, said]) => `${check}: ${said}`).join(", ")} />
              <Fact name="Tags" value={Object.entries(data.tags).map(([name, value]) => `${name}=${value}`).join(", ")} />
              <Fact name="Request" value={data.request_id} />
              <Fact name="Call" value={data.call_id} />
            </dl>
            {data.code === "" && <WhatWasSaid callId={callId} />}
            {data.code === "" && (
              <div className={classes.rating}>
                <AnswerRating of={{ callId }} />
              </div>
            )}
            <Group justify="flex-end" mt="md">
              <Button variant="default" onClick={close}>
                Close
              </Button>
            </Group>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

function Step({ step, whole }: { step: TraceStep; whole: number }) {
  const place = placeOf(step, whole);
  const first = step.first_word_microseconds;
  return (
    <li className={classes.step}>
      <span className={classes.stepName}>
        {step.name.replaceAll("_", " ")}
        {step.outcome !== "" && (
          <Text span size="sm" c="dimmed">
            {" "}
            {step.outcome}
            {first !== null && `, first word after ${milliseconds(first)}`}
          </Text>
        )}
      </span>
      <span className={classes.line} aria-hidden>
        <span
          className={classes.bar}
          data-kind={step.kind}
          data-failed={!GOOD.has(step.outcome)}
          style={{ left: `${place.left * 100}%`, width: `${place.width * 100}%` }}
        />
      </span>
      <span className={classes.took}>{milliseconds(step.took_microseconds)}</span>
    </li>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  if (value === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function counted(counts: Record<string, number>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name.replaceAll("_", " ")} ${count}`)
    .join(", ");
}
