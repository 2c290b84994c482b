import { useSignal } from "@preact/signals";
import { address } from "../../api";
import { say } from "../../words";

const LONGEST_S = 900;

/** Which pitches sound when: a picture without axes, so that it lies under the waveform. */
export function Spectrogram({ id, duration_s }: { id: number; duration_s: number }) {
  const failed = useSignal(false);
  const seen_s = Math.min(duration_s, LONGEST_S);
  if (failed.value) {
    return <p class="quiet small lane-told">{say("No picture could be made of this file")}</p>;
  }
  return (
    <img
      class="spectrogram"
      style={{ width: `${(100 * seen_s) / duration_s}%` }}
      src={address(`/tracks/${id}/plots/mel.png`, { bare: true, end_s: seen_s })}
      alt={say("Mel spectrogram: low tones below, high tones above, loud ones bright")}
      onError={() => {
        failed.value = true;
      }}
    />
  );
}
