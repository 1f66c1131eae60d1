// JSON in localStorage, which may be switched off, full, or hold something another version wrote.
//
// A shop whose cart cannot be stored is still usable until the tab closes, so a refusal falls back
// to memory instead of surfacing as an error.

const memory = new Map<string, string>();

export function readJson(key: string): unknown {
  try {
    const text = memory.get(key) ?? localStorage.getItem(key);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function writeJson(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(key, text);
    memory.delete(key);
  } catch {
    memory.set(key, text);
  }
}
