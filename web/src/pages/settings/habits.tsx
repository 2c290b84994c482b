import { hoverPlays } from "../../habits";
import { Check, Select } from "../../parts";
import { volume } from "../../player";
import { THEMES, type Theme, theme } from "../../theme";
import { LANGUAGES, type Language, language, percent, say, speak, word } from "../../words";

const THEME_NAMES: Record<Theme, string> = {
  system: word("As the system has it"),
  light: word("Light"),
  dark: word("Dark"),
};

/** Language, theme, player and map: kept in this browser alone. */
export function Habits() {
  return (
    <section class="card stack" aria-labelledby="habits">
      <h2 id="habits">{say("This browser")}</h2>
      <Select<Language>
        label={say("Language")}
        value={language.value}
        onChange={speak}
        choices={(Object.keys(LANGUAGES) as Language[]).map((code) => ({
          value: code,
          text: LANGUAGES[code],
        }))}
      />
      <Select<Theme>
        label={say("Appearance")}
        value={theme.value}
        onChange={(value) => {
          theme.value = value;
        }}
        choices={THEMES.map((value) => ({ value, text: say(THEME_NAMES[value]) }))}
      />
      <label class="field">
        <span class="field-label">
          {say("Volume of the player")} <span class="tabular">{percent(volume.value)}</span>
        </span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={volume.value}
          onInput={(event) => {
            volume.value = Number(event.currentTarget.value);
          }}
        />
      </label>
      <Check
        label={say("The map plays what the pointer rests on")}
        checked={hoverPlays.value}
        onChange={(yes) => {
          hoverPlays.value = yes;
        }}
      />
    </section>
  );
}
