import { useSignal } from "@preact/signals";
import { locked, post } from "../api";
import { say } from "../words";
import { Button } from "./Button";
import { Field } from "./Field";
import { Switches } from "./Navigation";

/** Asks for the token that the server was started with. */
export function Login() {
  const token = useSignal("");
  const error = useSignal("");
  const busy = useSignal(false);
  const enter = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    try {
      await post("/session", { token: token.value });
      locked.value = false;
    } catch (problem) {
      error.value = problem instanceof Error ? problem.message : String(problem);
    }
    busy.value = false;
  };
  return (
    <main class="login">
      <form class="card" onSubmit={enter}>
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>Tunelens</h1>
        <p class="quiet">{say("This server asks for a token. Whoever started it has one.")}</p>
        <Field
          label={say("Token")}
          type="password"
          autocomplete="current-password"
          value={token.value}
          error={error.value}
          onInput={(text) => {
            token.value = text;
          }}
        />
        <Button kind="main" type="submit" busy={busy.value} disabled={!token.value}>
          {say("Enter")}
        </Button>
        <Switches />
      </form>
    </main>
  );
}
