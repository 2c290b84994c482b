import { render } from "preact";
import { follow, match } from "./router";
import { Shell } from "./shell";
import "./theme";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";
import { language, speak } from "./words";

follow();
match(location.pathname)?.route.load(); // on its way while the words are
await speak(language.value);
const app = document.getElementById("app");
if (app) render(<Shell />, app);
