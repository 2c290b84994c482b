import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { match, path } from "../router";
import { ROUTES, type Route } from "../routes";
import { dark, theme } from "../theme";
import { language, say, speak } from "../words";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

/** On a narrow screen this many stand in the bar, and the others in its menu. */
const IN_BAR = 4;

/** The way between pages: a column at the left, on a narrow screen a bar at the foot with a menu. */
export function Navigation() {
  const open = useSignal(false);
  const shown = ROUTES.filter((route) => route.icon);
  useEffect(() => {
    open.value = false;
  }, [path.value]);
  return (
    <nav class={open.value ? "nav open" : "nav"} aria-label={say("Pages")}>
      <a class="brand" href="/">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>Tunelens</span>
      </a>
      <ul>
        {shown.map((route, index) => (
          <Item key={route.path} route={route} later={index >= IN_BAR} />
        ))}
        {shown.length > IN_BAR && (
          <li class="nav-more">
            <button
              type="button"
              aria-expanded={open.value}
              onClick={() => {
                open.value = !open.value;
              }}
            >
              <Icon name="more" />
              <span>{say("More")}</span>
            </button>
          </li>
        )}
      </ul>
      <Switches />
    </nav>
  );
}

function Item({ route, later }: { route: Route; later: boolean }) {
  const here = match(path.value)?.route;
  const inside = here && (here === route || (route.path !== "/" && here.path.startsWith(`${route.path}/`)));
  return (
    <li class={later ? "later" : ""}>
      <a href={route.path} aria-current={inside ? "page" : undefined}>
        <Icon name={route.icon ?? "library"} />
        <span>{say(route.title)}</span>
      </a>
    </li>
  );
}

/** Language and theme, one click each. */
export function Switches() {
  const other = language.value === "zh" ? "en" : "zh";
  return (
    <div class="switches">
      <button
        type="button"
        class="icon-button"
        lang={other}
        aria-label={other === "zh" ? "中：切换到中文" : "EN: switch to English"}
        onClick={() => speak(other)}
      >
        {other === "zh" ? "中" : "EN"}
      </button>
      <IconButton
        icon={dark.value ? "sun" : "moon"}
        label={dark.value ? say("Light") : say("Dark")}
        onClick={() => {
          theme.value = dark.value ? "light" : "dark";
        }}
      />
    </div>
  );
}
