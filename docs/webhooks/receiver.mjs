// A receiver of Ttoolab webhooks, without packages. Node 20 or newer:
//
//     TTOOLAB_WEBHOOK_SECRET=whsec_… PORT=3000 node receiver.mjs
//
// While a secret is being replaced, give both: TTOOLAB_WEBHOOK_SECRET="whsec_new whsec_old".

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const SECRETS = (process.env.TTOOLAB_WEBHOOK_SECRET ?? "").split(" ").filter(Boolean);
const PORT = Number(process.env.PORT ?? 3000);

/** Older or younger deliveries are refused: somebody may have kept one and send it again. */
const TOLERANCE_SECONDS = 300;
const MAX_BODY_BYTES = 1024 * 1024;

/** A signature is the HMAC of the time and the raw body, keyed by the whole secret. */
function isGenuine(headers, body) {
  const timestamp = headers["x-ttoolab-timestamp"] ?? "";
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age <= TOLERANCE_SECONDS)) return false;
  const given = Buffer.from(headers["x-ttoolab-signature"] ?? "");
  return SECRETS.some((secret) => {
    const mac = createHmac("sha256", secret).update(timestamp).update(body).digest("hex");
    const expected = Buffer.from(mac);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** A delivery may come twice, under the same id. Keep these where your work is kept. */
const seen = new Set();

function receive(event) {
  if (seen.has(event.id)) return;
  seen.add(event.id);
  console.log(`${event.type} ${event.id}`);
}

/** The raw bytes: parsed and written again, they may be others, and the signature would not fit. */
async function rawBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error("the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  try {
    const body = await rawBody(request);
    if (!isGenuine(request.headers, body)) {
      response.writeHead(401).end();
      return;
    }
    // Answer at once and work later: after 30 s it counts as failed, and comes again.
    response.writeHead(204).end();
    receive(JSON.parse(body));
  } catch {
    if (!response.headersSent) response.writeHead(400).end();
  }
});

if (SECRETS.length === 0) {
  console.error("TTOOLAB_WEBHOOK_SECRET is not set");
  process.exit(1);
}
server.listen(PORT, () => console.log(`listening on port ${server.address().port}`));
