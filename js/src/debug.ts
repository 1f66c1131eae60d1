// The way to the debug overlay, which is a file of its own: nobody downloads it who does not ask.

/** What the overlay looks at. */
export interface Source {
  /** What `debug()` gives back. */
  state(): unknown;
  blob(): unknown;
  on(topic: string, callback: (detail: unknown) => void): () => void;
}

/** What was heard: topic, time, detail. */
export type Heard = [topic: string, at: number, detail: unknown];

/** What the overlay is opened with. */
export interface Feed {
  source: Source;
  /** The newest last. */
  heard: Heard[];
  /** Called when there is more. */
  changed(): void;
  /** Called when the overlay was closed. */
  closed(): void;
}

/** How much is kept; a person reads the newest. */
const MAX_HEARD = 200;

let opened = false;

/** Whether the page's URL asks for the overlay, wherever a router keeps its query. */
export function isWanted(): boolean {
  return /[?&]ttoolab_debug(?![^=&#])/.test(location.href);
}

/** Opens the overlay, unless it is open. */
export function openOverlay(file: URL | string, source: Source): void {
  if (opened) return;
  opened = true;
  const feed: Feed = { source, heard: [], changed() {}, closed };
  // From now on, for what happens at the start happens before the overlay is there.
  const ends = ["signal", "exposure", "drop", "delivered"].map((topic) =>
    source.on(topic, (detail) => {
      feed.heard.push([topic, Date.now(), detail]);
      if (feed.heard.length > MAX_HEARD) feed.heard.shift();
      feed.changed();
    }),
  );
  function closed() {
    for (const end of ends) end();
    opened = false;
  }
  import(/* webpackIgnore: true */ /* @vite-ignore */ String(file))
    .then((overlay) => overlay.open(feed))
    .catch((error) => {
      console.warn("ttoolab: the overlay could not be opened.", error);
      closed();
    });
}
