"""The binary that a bench measures: as shipped, or for a smoke run the one that the tests have."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def repro(smoke):
    # With the tests, so that it is the same: dependencies may have other features there.
    wanted = ["--tests"] if smoke else ["--profile", "dist", "--bin", "repro"]
    command = ["cargo", "build", *wanted, "--locked", "--message-format=json"]
    lines = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    made = [message for message in map(json.loads, lines) if message.get("executable")]
    return next(one["executable"] for one in made if one["target"]["kind"] == ["bin"] and not one["profile"]["test"])
