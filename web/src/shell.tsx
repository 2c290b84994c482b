/** Everything around a page. */
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { get, locked } from "./api";
import { Login } from "./parts/Login";
import { Navigation } from "./parts/Navigation";
import { PlayerBar } from "./parts/PlayerBar";
import { Toasts } from "./parts/Toast";
import { EmptyState, ErrorBox, Loading } from "./parts/Told";
import { current, toggle } from "./player";
import { match, path } from "./router";
import type { PageProps, Route } from "./routes";
import type { Info } from "./types";
import { say } from "./words";

/** The navigation, the page of the path, and the player below. */
export function Shell() {
  useEffect(askForToken, []);
  useEffect(playBySpace, []);
  if (locked.value) return <Login />;
  return (
    <div class={current.value ? "shell with-player" : "shell"}>
      <a class="skip" href="#main">
        {say("Skip to the content")}
      </a>
      <Navigation />
      <Content />
      <PlayerBar />
      <Toasts />
    </div>
  );
}

function askForToken(): void {
  const heard = (info: Info) => {
    if (info.token_needed && !info.user) locked.value = true;
  };
  get<Info>("/info").then(heard, () => undefined); // what fails here, pages tell
}

const TYPED =
  "input, textarea, select, button, a, summary, dialog, [role=grid], [role=slider], [contenteditable]";

function playBySpace(): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== " " || event.defaultPrevented || (event.target as Element).closest(TYPED)) return;
    if (!current.value) return;
    event.preventDefault();
    toggle();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

function Content() {
  const found = match(path.value);
  const main = useRef<HTMLElement>(null);
  const title = found ? say(found.route.title) : say("Nothing here");
  useEffect(() => {
    document.title = `${title} · Tunelens`;
  }, [title]);
  const left = useRef(path.value);
  useEffect(() => {
    // what was clicked went with the page that had it: the keyboard goes on from the new page
    const isLost = left.current !== path.value && document.activeElement === document.body;
    if (isLost) main.current?.focus({ preventScroll: true });
    left.current = path.value;
  }, [path.value]);
  return (
    <main id="main" ref={main} tabIndex={-1}>
      {found ? <LazyPage key={found.route.path} route={found.route} params={found.params} /> : <Nowhere />}
    </main>
  );
}

function Nowhere() {
  return (
    <EmptyState icon="search" title={say("Nothing here")}>
      <p>
        <a href="/">{say("To the library")}</a>
      </p>
    </EmptyState>
  );
}

const loaded = new Map<string, ComponentType<PageProps>>();

function LazyPage({ route, params }: { route: Route; params: Record<string, string> }) {
  const inside = useSignal(loaded.get(route.path));
  const error = useSignal<unknown>(undefined);
  useEffect(() => {
    if (inside.value) return;
    route.load().then(
      (module) => {
        loaded.set(route.path, module.default);
        inside.value = module.default;
      },
      () => {
        error.value = new Error(say("The server does not answer, or has another version of this page now."));
      },
    );
  }, [route, inside, error]);
  if (error.value) return <ErrorBox error={error.value} retry={() => location.reload()} />;
  const Page = inside.value;
  return Page ? <Page params={params} /> : <Loading />;
}
