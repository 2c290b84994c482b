/** Sound from a microphone or a file, sent to the server as it sounds; what it says comes back. */
import { address, type Told } from "../../api";
import captureUrl from "./capture.js?url";

export interface Said {
  label: string | null;
  labels: string[];
  value: number | null;
  probabilities: Record<string, number>;
  known: boolean;
  why: string;
}

/** What the stream is at one moment, as the server says it twice a second. */
export interface Heard {
  at_s: number;
  sound: "music" | "not music" | "silence" | null;
  music: number | null;
  predictions: Record<string, Said>;
  tags: { tag: string; probability: number; group: string }[];
  tempo: { bpm: number | null; confidence: number };
  key: { tonic: string | null; mode: string | null; camelot: string | null; confidence: number };
  energy: number;
  level: {
    momentary_lufs: number | null;
    short_term_lufs: number | null;
    peak: number;
    clipped: number;
  };
  since_s: number;
  change: { at_s: number; probability: number } | null;
  lost_s: number;
  latency: { compute_s: number };
}

export interface Listener {
  /** `late_s`: from the moment the last sound was sent that this is about, until now. */
  onHeard: (heard: Heard, late_s: number) => void;
  onEnd: (why: string) => void;
}

export interface Stream {
  stop: () => void;
  /** Makes a file audible or not. */
  mute: (muted: boolean) => void;
}

/** More than this is not kept for a server that is too slow. */
const MOST_WAITING_S = 2;

/** What the server says where its nets are not here. */
const MISSING = "missing_dependency";

/** Listens to the microphone. */
export async function listenToMicrophone(listener: Listener): Promise<Stream> {
  const media = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  const stream = await send(context, context.createMediaStreamSource(media), listener);
  return {
    ...stream,
    stop: () => {
      for (const track of media.getTracks()) track.stop();
      stream.stop();
    },
  };
}

/** Plays a file and listens to it. */
export async function listenToFile(file: File, listener: Listener): Promise<Stream> {
  const context = new AudioContext();
  const source = context.createBufferSource();
  source.buffer = await context.decodeAudioData(await file.arrayBuffer());
  const speaker = new GainNode(context);
  source.connect(speaker).connect(context.destination);
  const stream = await send(context, source, listener);
  source.onended = () => stream.stop();
  source.start();
  return {
    ...stream,
    mute: (muted) => {
      speaker.gain.value = muted ? 0 : 1;
    },
  };
}

async function send(context: AudioContext, source: AudioNode, listener: Listener): Promise<Stream> {
  await context.audioWorklet.addModule(captureUrl);
  const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
  const sent = new Sent(context.sampleRate);
  let socket: WebSocket | null = null;
  let over = false;
  const end = (why: string) => {
    if (over) return;
    over = true;
    node.port.onmessage = null;
    node.disconnect();
    socket?.close();
    context.close();
    listener.onEnd(why);
  };
  const connect = async (nets: boolean) => {
    const line = await opened(address("/live"));
    line.send(JSON.stringify({ sr: context.sampleRate, format: "f32le", channels: 1, nets }));
    line.onmessage = ({ data }: MessageEvent<string>) => {
      const { result, error } = JSON.parse(data) as { result?: Heard; error?: Told };
      if (result) listener.onHeard(result, sent.late(result.at_s));
      if (error?.code === MISSING && nets) {
        line.onclose = null; // sound alone is heard where the nets are not here
        sent.begin();
        connect(false).catch((problem: Error) => end(problem.message));
      } else if (error) end([error.message, error.hint].filter(Boolean).join(" – "));
    };
    line.onclose = ({ reason }) => end(reason);
    socket = line;
  };
  await connect(true);
  node.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MOST_WAITING_S * context.sampleRate * 4) return;
    socket.send(data);
    sent.add(data.length);
  };
  source.connect(node);
  return { stop: () => end(""), mute: () => {} };
}

function opened(path: string): Promise<WebSocket> {
  const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onclose = ({ reason }) => reject(new Error(reason || "The server does not answer"));
  });
}

/** When each block was sent, so that an answer about a moment of the stream can be dated. */
class Sent {
  private blocks: { until_s: number; at_ms: number }[] = [];
  private samples = 0;

  constructor(private readonly sr: number) {}

  /** A stream begins anew. */
  begin(): void {
    this.samples = 0;
    this.blocks = [];
  }

  add(samples: number): void {
    this.samples += samples;
    this.blocks.push({ until_s: this.samples / this.sr, at_ms: performance.now() });
  }

  late(at_s: number): number {
    while ((this.blocks[0]?.until_s ?? at_s) < at_s - 0.001) this.blocks.shift();
    const block = this.blocks[0];
    return block ? (performance.now() - block.at_ms) / 1000 : 0;
  }
}
