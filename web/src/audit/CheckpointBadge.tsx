import { Button, Skeleton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { CopyButton } from "../shell/CopyButton";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./audit.module.css";
import { abbreviated } from "./eventWords";
import type { Checkpoint } from "./records";

/** What the sealer last signed; whoever keeps it can later prove that nothing before it was changed. */
export function CheckpointBadge() {
  const clipboard = useClipboard({ timeout: 1500 });
  const checkpoint = useResource("checkpoint", (signal) => getJson<Checkpoint>("/api/v1/audit/checkpoint", signal));
  if (checkpoint.problem?.code === "evidence.no_checkpoint") {
    return <p className={classes.noCheckpoint}>Nothing is signed yet: the first checkpoint comes within seconds.</p>;
  }
  if (checkpoint.problem !== undefined) return <ProblemNotice problem={checkpoint.problem} retry={checkpoint.reload} />;
  if (checkpoint.data === undefined) return <Skeleton height={84} radius="md" mb="lg" />;
  const { size, root, signed_at: signedAt, public_key: publicKey, note } = checkpoint.data;
  return (
    <section className={classes.checkpoint} aria-label="Signed checkpoint">
      <span className={classes.seal}>
        <Icon name="shield" size={24} />
      </span>
      <dl className={classes.checkpointFacts}>
        <div>
          <dt>Signed checkpoint</dt>
          <dd>
            <span>
              <strong>{size === 1 ? "1 entry" : `${size.toLocaleString("en-US")} entries`}</strong>, <Moment at={signedAt} />
            </span>
          </dd>
        </div>
        <div>
          <dt>Root</dt>
          <dd>
            <code title={root}>{abbreviated(root)}</code>
            <CopyButton value={root} what="the root" />
          </dd>
        </div>
        <div>
          <dt>Key</dt>
          <dd>
            <code title={publicKey}>{publicKey.length > 24 ? `${publicKey.slice(0, 23)}…` : publicKey}</code>
            <CopyButton value={publicKey} what="the public key" />
          </dd>
        </div>
      </dl>
      <Button variant="default" size="xs" className={classes.note ?? ""} title="Whoever keeps it can prove later that nothing before it was changed" onClick={() => clipboard.copy(note)}>
        {clipboard.copied ? "Copied" : "Copy the signed note"}
      </Button>
    </section>
  );
}
