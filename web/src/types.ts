/** What the server answers, where several pages read it. */

export interface Tag {
  model: string;
  tag: string;
  group: "genre" | "mood" | "instrument" | "voice" | "era" | "other";
  probability: number;
  likely: boolean;
}

export interface Track {
  id: number;
  path: string;
  title: string | null;
  artist: string | null;
  album: string | null;
  album_artist: string | null;
  year: number | null;
  genre: string | null;
  container: string | null;
  codec: string | null;
  sr: number | null;
  n_channels: number | null;
  bit_rate: number | null;
  size_bytes: number;
  duration_s: number;
  tempo_bpm: number | null;
  tempo_confidence: number | null;
  tonic: string | null;
  mode: string | null;
  key: string | null;
  key_confidence: number | null;
  loudness_lufs: number | null;
  loudness_range_lu: number | null;
  danceability: number | null;
  energy: number | null;
  dynamic_complexity_db: number | null;
  valence: number | null;
  arousal: number | null;
  added_at: string | null;
  analyzed_at: string;
  tags: Tag[];
}

export interface Info {
  version: string;
  languages: string[];
  token_needed: boolean;
  /** Who asks, where tokens are needed. */
  user: string | null;
  [more: string]: unknown;
}
