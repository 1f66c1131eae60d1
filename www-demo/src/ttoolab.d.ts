// The part of the SDK's public interface that this shop calls.
//
// Declared here because the shop loads the SDK by script tag, as a page without a bundler would,
// and so has no package to take the types from. The property is optional on purpose: a blocked or
// slow SDK must never be able to break the shop.
interface Window {
  ttoolab?: {
    track(eventName: string, payload?: Record<string, string | number | boolean>): void;
  };
}
