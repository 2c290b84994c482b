/** Habits that the settings page changes and that this browser remembers. */
import { stored } from "./stored";
import { still } from "./theme";

const yesOrNo = (value: boolean) => typeof value === "boolean";

/** Does the map play what the pointer rests on? Not at first where things shall hold still. */
export const hoverPlays = stored<boolean>("hover-plays", !still(), yesOrNo);
