import { useSignal } from "@preact/signals";
import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, Dialog, ErrorBox, Loading } from "../../parts";
import { Scroll } from "../../parts/charts/Scroll";
import { named, number, say } from "../../words";

interface Net {
  name: string;
  available: boolean;
  n_tags: number;
  licence: string;
  source: string;
}

interface BundleRow {
  name: string;
  task: string;
  label: string;
  n_classes?: number;
  classes?: string[];
  [more: string]: unknown;
}

/** The nets and the bundles that are here, each with its card. */
export function Models() {
  const nets = useLoaded((abort) => get<{ models: Net[] }>("/models", {}, abort), []);
  const bundles = useLoaded((abort) => get<{ bundles: BundleRow[] }>("/bundles", {}, abort), []);
  const shown = useSignal("");
  const error = nets.error.value ?? bundles.error.value;
  return (
    <section class="card stack wide-card" aria-labelledby="models">
      <h2 id="models">{say("Models")}</h2>
      {error !== undefined && <ErrorBox error={error} />}
      <h3>{say("Bundles")}</h3>
      <ul class="model-list">
        {bundles.data.value?.bundles.map((one) => (
          <li key={one.name}>
            <span>
              <strong>{one.name}</strong>{" "}
              {one.label !== one.name && <span class="quiet small">{named(one.label)}</span>}
            </span>
            <Button
              onClick={() => {
                shown.value = one.name;
              }}
              aria-label={say("Card of {name}", { name: one.name })}
            >
              {say("Card")}
            </Button>
          </li>
        ))}
      </ul>
      <h3>{say("Pretrained nets")}</h3>
      <ul class="model-list">
        {nets.data.value?.models.map((net) => (
          <li key={net.name}>
            <span>
              <strong>{net.name}</strong>{" "}
              <span class="quiet small">
                {net.n_tags > 0 && `${say("{n} tags", { n: number(net.n_tags) })} · `}
                {net.licence}
              </span>
            </span>
            <span class={net.available ? "good small" : "quiet small"}>
              {net.available ? say("here") : say("not here")}
            </span>
          </li>
        ))}
      </ul>
      {shown.value && (
        <CardDialog
          name={shown.value}
          onClose={() => {
            shown.value = "";
          }}
        />
      )}
    </section>
  );
}

function CardDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const found = useLoaded(
    (abort) => get<{ card: string }>(`/bundles/${encodeURIComponent(name)}`, {}, abort),
    [name],
  );
  return (
    <Dialog title={name} onClose={onClose} wide>
      {found.error.value !== undefined && <ErrorBox error={found.error.value} />}
      {found.data.value ? (
        <Scroll label={name}>
          <pre class="model-card">{found.data.value.card}</pre>
        </Scroll>
      ) : (
        <Loading />
      )}
    </Dialog>
  );
}
