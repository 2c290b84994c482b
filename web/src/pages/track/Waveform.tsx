import { Canvas, type Draw } from "../../parts";
import { isCurrent, position } from "../../player";
import { colour } from "../../theme";
import type { Wave } from "./types";

const BEATS_PX = 8;
const LEAST_GAP_PX = 5;

interface WaveformProps {
  wave: Wave;
  beats_s: number[];
  id: number;
  duration_s: number;
}

/** The outline of the sound, what was heard of it in another colour, and the beats below. */
export function Waveform({ wave, beats_s, id, duration_s }: WaveformProps) {
  const heard = isCurrent(id) ? position.value / duration_s : 0;
  return (
    <>
      <Canvas class="wave" keys={[wave]} draw={outline(wave, "wave")} />
      <div class="wave" style={{ clipPath: `inset(0 ${100 * (1 - heard)}% 0 0)` }}>
        <Canvas class="wave" keys={[wave]} draw={outline(wave, "accent")} />
      </div>
      <Canvas class="wave" keys={[beats_s]} draw={beats(beats_s, duration_s)} />
    </>
  );
}

function outline({ low, high }: Wave, name: string): Draw {
  return (pen, width, height) => {
    const room = height - BEATS_PX;
    const y = (value: number) => ((1 - value) / 2) * room;
    pen.fillStyle = colour(name);
    for (let x = 0; x < width; x++) {
      const from = Math.floor((x / width) * low.length);
      const to = Math.max(from + 1, Math.floor(((x + 1) / width) * low.length));
      const top = y(Math.max(...high.slice(from, to)));
      const bottom = y(Math.min(...low.slice(from, to)));
      pen.fillRect(x, top, 1, Math.max(1, bottom - top));
    }
  };
}

/** Ticks, where there is room to tell one from the next. */
function beats(beats_s: number[], duration_s: number): Draw {
  return (pen, width, height) => {
    if (beats_s.length < 2) return;
    const gap = (width * ((beats_s.at(-1) ?? 0) - (beats_s[0] ?? 0))) / duration_s / (beats_s.length - 1);
    const step = Math.max(1, 2 ** Math.ceil(Math.log2(LEAST_GAP_PX / gap)));
    pen.fillStyle = colour("second");
    for (let n = 0; n < beats_s.length; n += step) {
      pen.fillRect((width * (beats_s[n] ?? 0)) / duration_s, height - BEATS_PX + 2, 1, BEATS_PX - 2);
    }
  };
}
