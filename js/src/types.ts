// The public interface, documented where an editor shows it.

/** A visitor's variant in an experiment. */
export interface Assignment {
  experimentKey: string;
  experimentId: string;
  experimentName?: string;
  variantKey: string;
  variantId: string;
  variantName?: string;
  isControl?: boolean;
  /** Which edition of the experiment the visitor belongs to. */
  epoch: number;
  /** Shown because the URL asked for it (`?ttoolab_force=`): nothing is sent for it. */
  forced?: true;
  /** The recorded exposure; absent until the variant was really shown. */
  exposureId?: string;
}

/** What the collector says about this visitor, as it came. */
export interface Blob {
  projectKey: string;
  anonymousId: string;
  hasActiveExperiments: boolean;
  assignments: unknown[];
  experiments: unknown[];
  [field: string]: unknown;
}

/** The page's answer about consent. */
export type Consent = "granted" | "denied";

/** How the SDK is started. */
export interface Config {
  /** The project's public key. */
  projectKey?: string;
  /** The collector's origin; for the script tag it defaults to where the script came from. */
  endpoint?: string;
  /** The visitor, if the page knows them by a UUID of its own. */
  anonymousId?: string;
  /**
   * `"required"`: nothing is requested or stored before `consent("granted")`. `"granted"`: an
   * explicit yes, which also overrides Global Privacy Control. Without it consent is assumed,
   * except where the browser signals Global Privacy Control.
   */
  consent?: Consent | "required";
  /** `"ignore"`: Global Privacy Control does not hold the SDK back. */
  gpc?: "ignore";
}

/** What `on()` can listen for, and what the listener gets. */
export interface Events {
  /** An exposure was recorded: the event as it will be sent. */
  exposure: Record<string, unknown>;
  /** One or more goals were met: the event as it will be sent, with its `conversions`. */
  conversion: Record<string, unknown>;
  /** Something will not arrive, or a goal cannot be judged: why, and what. */
  drop: { reason: string; eventName?: string; eventId?: string; goalKey?: string; change?: string };
  /**
   * Something happened that a goal may wait for: what the goals that wait for such a thing make of
   * it, each with a reason, and whether it became an event. Put together only while someone listens.
   */
  signal: {
    eventName: string;
    url: string;
    sent: boolean;
    eventId?: string;
    goals: { experimentKey: string; goalKey: string; reason: string; forced?: true }[];
  };
  /** The collector has made events durable: how many. */
  delivered: { accepted: number };
}

/**
 * `window.ttoolab`. No call ever throws, rejects or blocks; calls made before the code has
 * loaded are kept and replayed in order with their original times.
 */
export interface Ttoolab {
  /** Starts the SDK. The script tag does this by itself; a second start changes nothing. */
  init(config?: Config): void;
  /**
   * Sends a custom event. `payload` is a plain object; `revenue`, `currency` and `order_id` have
   * a meaning.
   */
  track(name: string, payload?: object): void;
  /** Calls back once the variants are in force: with the blob, or null if there is none. */
  ready(callback: (blob: Blob | null) => void): void;
  /** The blob, or null. */
  getBlob(): Blob | null;
  /** The active assignments. */
  getAssignments(): Assignment[];
  /** The key of the visitor's variant in an active experiment, or null. */
  getVariant(experimentKey: string): string | null;
  /** Removes everything stored, and stops. A new visitor begins with the next page, or the next `init`. */
  clear(): void;
  /** Sends what is pending. Resolves when it was answered, or will be tried again later. */
  flush(): Promise<void>;
  /** Tells the page's answer about consent. A denial removes everything stored. */
  consent(answer: Consent): void;
  /** Listens; gives back the function that ends it. */
  on<Name extends keyof Events>(name: Name, callback: (detail: Events[Name]) => void): () => void;
  /**
   * Prints and gives back the state: assignments, outbox, reasons for drops. Also shows it over the
   * page, live, as `?ttoolab_debug` in the URL does from the start.
   */
  debug(): object | null;
}

declare global {
  interface Window {
    ttoolab?: Ttoolab;
    /** The same as the script tag's attributes. */
    ttoolabSettings?: Config;
  }
}
