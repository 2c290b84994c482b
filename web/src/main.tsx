import { render } from "preact";
import { follow } from "./router";
import { Shell } from "./shell";
import "./theme";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";
import { language, speak } from "./words";

follow();
await speak(language.value);
const app = document.getElementById("app");
if (app) render(<Shell />, app);
