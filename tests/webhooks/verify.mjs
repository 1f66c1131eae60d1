// Verifies a delivery with the reference library of Standard Webhooks. Reads
// {secret, headers, body}; ends with 0 when the library takes it, and prints what it read.

import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
const payload = new Webhook(secret).verify(body, headers);
console.log(payload.id);
