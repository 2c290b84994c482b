import { useSignal } from "@preact/signals";
import { address } from "../../api";
import { say } from "../../words";

const WIDTH = 1600;
const WIDEST = 4000;
const HEIGHT = 256;

/** Which pitches sound when: a picture without axes, so that it lies under the waveform. */
export function Spectrogram({ id, wide }: { id: number; wide: number }) {
  const failed = useSignal(false);
  const width = Math.min(WIDEST, WIDTH * wide);
  const source = address(`/tracks/${id}/plots/mel.png`, { bare: true, width, height: HEIGHT });
  if (failed.value)
    return <p class="quiet small lane-told">{say("No picture could be made of this file")}</p>;
  return (
    <img
      class="spectrogram"
      src={source}
      alt={say("Mel spectrogram: low tones below, high tones above, loud ones bright")}
      onError={() => {
        failed.value = true;
      }}
    />
  );
}
