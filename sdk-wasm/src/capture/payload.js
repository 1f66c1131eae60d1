// A page's payload as JSON text, within the limits of the collector: an event survives with what of
// it can be read. Pages pass circles, getters that throw, whole DOM trees; nothing of that may throw
// into them, and none of it may cost the event.

/// How deep objects stand in one another, the payload included; around it are batch, list, event.
const MAX_DEPTH = 5;
/// How many values are read of one payload: an element of the page leads to all the others.
const MAX_VALUES = 1_000;
/// How many characters of strings: a few payloads fill a batch of 256 KiB, one must not.
const MAX_CHARACTERS = 32 * 1024;
/// Read first, so that they are there whatever stands around them.
const MONEY = ["revenue", "currency", "order_id"];

/// `[text, …reasons]`: no text without a property, a reason for everything that was left out. The
/// limits are those by which the collector refuses an event: properties of an object, bytes of a
/// name and of a string.
export function payloadText(payload, maxProperties, maxKeyBytes, maxStringBytes) {
  const reasons = new Set();
  let values = MAX_VALUES;
  let characters = MAX_CHARACTERS;
  const unreadable = () => void reasons.add("badPayload");

  const text = (value) => {
    const whole = wellFormed(value);
    const cut = within(whole, maxStringBytes);
    if (cut.length < whole.length) reasons.add("stringTooLong");
    characters -= cut.length;
    return characters < 0 ? unreadable() : cut;
  };
  const read = (value, around) => {
    if (values-- <= 0) return unreadable();
    switch (typeof value) {
      case "string":
        return text(value);
      case "bigint":
        return text(String(value));
      case "object":
        return value === null ? value : object(value, around);
      case "function":
      case "symbol":
        return unreadable();
      default:
        return value;
    }
  };
  const object = (value, around) => {
    if (around.includes(value) || around.length === MAX_DEPTH) return unreadable();
    const plain = ownForm(value);
    if (plain !== value) return read(plain, [...around, value]);
    const inside = [...around, value];
    if (Array.isArray(value)) return list(value, inside);
    // Its names are its bytes.
    if (ArrayBuffer.isView(value)) return unreadable();
    const kept = {};
    const names = Object.keys(value);
    const money = MONEY.filter((name) => names.includes(name));
    let room = maxProperties;
    for (const name of [...money, ...names.filter((name) => !money.includes(name))]) {
      if (room === 0) {
        reasons.add("tooManyProperties");
        break;
      }
      const key = wellFormed(name);
      if (within(key, maxKeyBytes) !== key) {
        reasons.add("keyTooLong");
        continue;
      }
      const found = tried(() => value[name], inside);
      if (found === undefined) continue;
      // Not by assignment: `__proto__` is a name like any other.
      Object.defineProperty(kept, key, { value: found, enumerable: true });
      room--;
    }
    return kept;
  };
  const list = (value, around) => {
    const length = Math.min(value.length, MAX_VALUES);
    if (length < value.length) unreadable();
    return Array.from({ length }, (_, at) => tried(() => value[at], around) ?? null);
  };
  /// What a getter gives, if it gives anything.
  const tried = (get, around) => {
    try {
      return read(get(), around);
    } catch {
      return unreadable();
    }
  };

  if (payload === undefined || payload === null) return [];
  const kept = typeof payload === "object" ? tried(() => payload, []) : unreadable();
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) {
    reasons.add("badPayload");
    return [undefined, ...reasons];
  }
  const json = JSON.stringify(kept);
  return [json === "{}" ? undefined : json, ...reasons];
}

/// What `toJSON` makes of an object, as for a date, unless that fails.
function ownForm(value) {
  try {
    return typeof value.toJSON === "function" ? value.toJSON() : value;
  } catch {
    return value;
  }
}

/// Half an emoji, cut by the page, is valid in JavaScript and unreadable everywhere else.
function wellFormed(text) {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) =>
    found.length > 1 ? found : "\ufffd",
  );
}

const encoder = new TextEncoder();

/// As much of a text as so many bytes hold, in whole characters.
function within(text, bytes) {
  // Three bytes at most for each unit.
  if (text.length * 3 <= bytes) return text;
  return text.slice(0, encoder.encodeInto(text, new Uint8Array(bytes)).read);
}
