"""A receiver of Ttoolab webhooks, without packages. Python 3.9 or newer:

    TTOOLAB_WEBHOOK_SECRET=whsec_… PORT=3000 python3 receiver.py

While a secret is being replaced, give both: TTOOLAB_WEBHOOK_SECRET="whsec_new whsec_old".
"""

import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRETS = os.environ.get("TTOOLAB_WEBHOOK_SECRET", "").split()
PORT = int(os.environ.get("PORT", "3000"))

# Older or younger deliveries are refused: somebody may have kept one and send it again.
TOLERANCE_SECONDS = 300
MAX_BODY_BYTES = 1024 * 1024

# A delivery may come twice, under the same id. Keep these where your work is kept.
seen = set()


def is_genuine(headers, body):
    """A signature is the HMAC of the time and the raw body, keyed by the whole secret."""
    timestamp = headers.get("x-ttoolab-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    given = headers.get("x-ttoolab-signature", "")
    return any(
        hmac.compare_digest(
            hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).hexdigest().encode(),
            given.encode(),
        )
        for secret in SECRETS
    )


def receive(event):
    if event["id"] in seen:
        return
    seen.add(event["id"])
    print(event["type"], event["id"], flush=True)


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        if length > MAX_BODY_BYTES:
            self.answer(413)
            return
        # The raw bytes: parsed and written again, they may be others, and the signature would not fit.
        body = self.rfile.read(length)
        if not is_genuine(self.headers, body):
            self.answer(401)
            return
        # Answer at once and work later: after 30 s it counts as failed, and comes again.
        self.answer(204)
        receive(json.loads(body))

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Says nothing of its own."""


if __name__ == "__main__":
    if not SECRETS:
        sys.exit("TTOOLAB_WEBHOOK_SECRET is not set")
    server = ThreadingHTTPServer(("", PORT), Receiver)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()
