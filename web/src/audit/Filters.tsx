import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import classes from "./audit.module.css";
import { type AuditFilter, asked } from "./records";

interface Props {
  filter: AuditFilter;
  ask: (filter: AuditFilter) => void;
}

const FIELDS: { key: keyof AuditFilter; label: string; type: string; placeholder?: string }[] = [
  { key: "from", label: "From", type: "date" },
  { key: "to", label: "To", type: "date" },
  { key: "action", label: "Action begins with", type: "text", placeholder: "document." },
  { key: "text", label: "Contains", type: "text", placeholder: "suggestion" },
  { key: "actor", label: "Who", type: "text", placeholder: "Id of a member or key" },
  { key: "subject", label: "About", type: "text", placeholder: "Id of a document" },
];

export function Filters({ filter, ask }: Props) {
  const [typed, setTyped] = useState<AuditFilter>(filter);
  return (
    <search>
      <form
        className={classes.filters}
        onSubmit={(event) => {
          event.preventDefault();
          ask(asked(typed));
        }}
      >
        {FIELDS.map(({ key, label, type, placeholder }) => (
          <TextInput
            key={key}
            label={label}
            type={type}
            size="sm"
            placeholder={placeholder}
            value={typed[key] ?? ""}
            onChange={(event) => setTyped({ ...typed, [key]: event.currentTarget.value })}
          />
        ))}
        <div className={classes.filterButtons}>
          <Button type="submit" size="sm">
            Filter
          </Button>
          {Object.keys(filter).length > 0 && (
            <Button variant="subtle" size="sm" onClick={() => ask({})}>
              Clear
            </Button>
          )}
        </div>
      </form>
    </search>
  );
}
