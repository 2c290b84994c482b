import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { get, type Page, post } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, EmptyState, ErrorBox, Icon, Loading, tell, tellProblem } from "../../parts";
import { go } from "../../router";
import { number, say, when } from "../../words";
import { MakeDialog } from "./MakeDialog";
import { NewDialog } from "./NewDialog";
import "./playlists.css";
import { type Playlist, pathOf, type Shown } from "./types";

type Open = "" | "new" | "make";

/** All playlists, and how new ones come. */
export default function Playlists() {
  const open = useSignal<Open>("");
  const found = useLoaded<Page<Playlist>>((abort) => get("/playlists", { limit: 500 }, abort), []);
  const lists = found.data.value?.items;
  const close = () => {
    open.value = "";
    found.again();
  };
  return (
    <div class="page">
      <header class="page-head">
        <h1>{say("Playlists")}</h1>
        <div class="row">
          <Import />
          <Button icon="plus" onClick={() => (open.value = "new")}>
            {say("New playlist")}
          </Button>
          <Button kind="main" icon="spark" onClick={() => (open.value = "make")}>
            {say("Make one of what was heard")}
          </Button>
        </div>
      </header>
      {found.error.value !== undefined && <ErrorBox error={found.error.value} retry={found.again} />}
      {!lists && found.loading.value && <Loading />}
      {lists?.length === 0 && (
        <EmptyState icon="playlists" title={say("No playlists yet")}>
          <p>
            {say("Make a journey from one mood to another, or choose tracks in the library or on the map.")}
          </p>
        </EmptyState>
      )}
      <ul class="lists" aria-label={say("Playlists")}>
        {lists?.map((list) => (
          <li key={list.name}>
            <a class="card list" href={pathOf(list.name)}>
              <Icon name={list.smart ? "filter" : "playlists"} size={22} />
              <span class="list-names">
                <strong class="ellipsis">{list.name}</strong>
                <span class="quiet small ellipsis">{told(list)}</span>
              </span>
              <span class="quiet small tabular">{when(list.updated_at)}</span>
            </a>
          </li>
        ))}
      </ul>
      {open.value === "new" && <NewDialog onClose={close} />}
      {open.value === "make" && <MakeDialog onClose={close} />}
    </div>
  );
}

function told(list: Playlist): string {
  if (list.smart) return say("smart: {query}", { query: list.smart.where });
  return list.n_items === null ? "" : say("{n} tracks", { n: number(list.n_items) });
}

/** Reads a playlist file of another program. */
function Import() {
  const id = useId();
  const read = async (file: File | undefined) => {
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    try {
      const shown = await post<Shown>("/playlists/import", form);
      tell(
        say("{n} entries were read, {absent} are not in the library", {
          n: number(shown.items.length),
          absent: number(shown.n_absent),
        }),
      );
      go(pathOf(shown.name));
    } catch (problem) {
      tellProblem(problem);
    }
  };
  return (
    <>
      <input
        id={id}
        class="unseen"
        type="file"
        accept=".m3u,.m3u8,.xspf,.jspf,.json"
        onChange={(event) => {
          read(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      <label for={id} class="button plain import">
        <Icon name="upload" size={18} />
        {say("Import")}
      </label>
    </>
  );
}
