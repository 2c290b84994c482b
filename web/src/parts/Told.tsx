/** What is shown where there is nothing to show. */
import type { ComponentChildren } from "preact";
import { Problem } from "../api";
import { say } from "../words";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}

/** There is nothing yet, and this is how something comes. */
export function EmptyState({ icon, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} size={36} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** To where music is added: what a page of an empty library leads to. */
export function AddLink() {
  return (
    <a class="button main" href="/settings">
      <Icon name="plus" size={18} />
      {say("Add music")}
    </a>
  );
}

/** Something failed: what, and what to do. */
export function ErrorBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const hint = error instanceof Problem ? error.hint : null;
  return (
    <div class="error-box" role="alert">
      <Icon name="warning" />
      <div>
        <p>{error instanceof Error ? error.message : String(error)}</p>
        {hint && <p class="quiet">{hint}</p>}
      </div>
      {retry && <Button onClick={retry}>{say("Try again")}</Button>}
    </div>
  );
}

/** Something is on its way. */
export function Loading({ label }: { label?: string }) {
  return (
    <div class="loading" role="status">
      <span class="spinner" />
      <span>{label ?? say("Loading…")}</span>
    </div>
  );
}
