"""Makes the calls of Kestra's Python SDK that arrive as lines of JSON on stdin, and answers each with a line."""

import json
import sys

import kestrapy.models as models
from kestrapy import KestraClient
from kestrapy.exceptions import ApiException


def argument(said):
    if isinstance(said, list):
        return [argument(item) for item in said]
    if isinstance(said, dict) and "model" in said:
        return getattr(models, said["model"]).from_dict(said["fields"])
    return said


def printable(answer):
    if isinstance(answer, list):
        return [printable(item) for item in answer]
    return answer.to_dict() if hasattr(answer, "to_dict") else answer


client = KestraClient(host=sys.argv[1], username="any@body.example", password="ignored")
for line in sys.stdin:
    call = json.loads(line)
    try:
        method = getattr(getattr(client, call["api"]), call["method"])
        told = {"answer": printable(method(**{name: argument(said) for name, said in call["with"].items()}))}
    except ApiException as error:
        told = {"status": error.status, "body": error.body}
    print(json.dumps(told, default=str), flush=True)
