import { ActionIcon, Menu } from "@mantine/core";
import { useState } from "react";

import { remove } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { actorName } from "../shell/actorName";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import classes from "./glossary.module.css";
import type { Term } from "./terms";

interface Props {
  terms: Term[];
  mayWrite: boolean;
  change: (term: Term) => void;
  onChanged: () => void;
}

export function TermList({ terms, mayWrite, change, onChanged }: Props) {
  const [leaving, setLeaving] = useState<Term>();
  const retire = useCommand(async (term: Term) => {
    await remove(`/api/v1/terms/${term.id}`, term.version);
    setLeaving(undefined);
    onChanged();
  });
  return (
    <>
      <dl className={classes.terms}>
        {terms.map((term) => (
          <div key={term.id} className={classes.term}>
            <dt className={classes.name}>{term.term}</dt>
            <dd className={classes.meaning}>
              <p>{term.definition}</p>
              <p className={classes.meta}>
                {term.aliases.length > 0 && <>Also {term.aliases.join(", ")} · </>}
                {actorName(term.changed_by)}, <Moment at={term.changed_at} />
              </p>
            </dd>
            {mayWrite && (
              <dd className={classes.tools}>
                <TermMenu term={term} change={change} retire={setLeaving} />
              </dd>
            )}
          </div>
        ))}
      </dl>
      <ConfirmDialog
        isOpen={leaving !== undefined}
        close={() => setLeaving(undefined)}
        title={`Retire “${leaving?.term ?? ""}”?`}
        verb="Retire"
        confirm={() => leaving !== undefined && void retire.run(leaving)}
        isRunning={retire.isRunning}
        problem={retire.problem}
      >
        Search and the AI stop using its definition. Documents stay as they are, and the record keeps what it meant.
      </ConfirmDialog>
    </>
  );
}

function TermMenu({ term, change, retire }: { term: Term; change: (term: Term) => void; retire: (term: Term) => void }) {
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More about ${term.term}`}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="pencil" size={16} />} onClick={() => change(term)}>
          Change
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="archive" size={16} />} onClick={() => retire(term)}>
          Retire
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
