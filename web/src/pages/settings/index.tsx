/** How this browser shows things, what the server knows, and what it is doing. */
import { say } from "../../words";
import { About, Facts } from "./about";
import { AddMusic } from "./add";
import { Habits } from "./habits";
import { JobsInFlight } from "./jobs";
import { Models } from "./models";
import { Upkeep } from "./upkeep";
import "./settings.css";

export default function SettingsPage() {
  return (
    <div class="page settings">
      <header class="page-head">
        <h1>{say("Settings")}</h1>
      </header>
      <div class="settings-columns">
        <AddMusic />
        <Habits />
        <JobsInFlight />
        <Facts />
        <Upkeep />
        <Models />
        <About />
      </div>
    </div>
  );
}
