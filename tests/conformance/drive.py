"""Calls Stripe's own Python library as told: one JSON call a line in, one JSON answer a line out.

A call is {"method": "customers.create", "ids": [...], "params": {...}}, with the "account" it is made on, if any. The answer is {"answer": body} or {"refusal": {...}}.
A webhook to be verified is {"verify": {"body": text, "signature": header, "secret": secret}}.
"""

import json
import sys

import stripe


def call(client, method, ids, params, account=None):
    """Walks from the client to the method that the dotted name says and calls it."""
    found = client.v1
    for name in method.split("."):
        found = getattr(found, name)
    return found(*ids, params=params, options={"stripe_account": account} if account else {})


def verify(delivery):
    """The event of a webhook, if its signature is right."""
    return stripe.Webhook.construct_event(delivery["body"], delivery["signature"], delivery["secret"])


def main():
    port = sys.argv[1]
    client = stripe.StripeClient("sk_test_conformance", base_addresses={"api": f"http://127.0.0.1:{port}"})
    for line in sys.stdin:
        task = json.loads(line)
        try:
            if "verify" in task:
                found = verify(task["verify"])
            else:
                found = call(client, task["method"], task["ids"], task["params"], task.get("account"))
            result = {"answer": found.to_dict()}
        except stripe.SignatureVerificationError as error:
            result = {"refusal": {"type": "signature", "code": str(error)}}
        except stripe.StripeError as error:
            result = {"refusal": {"status": error.http_status, "type": error.error.type, "code": error.error.code}}
        print(json.dumps(result, default=str), flush=True)


main()
