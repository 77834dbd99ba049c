"""The binary that a bench measures: as shipped, or for a smoke run the one that is quickly made."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def repro(smoke):
    profile = "release" if smoke else "dist"
    command = ["cargo", "build", "--profile", profile, "--locked", "--message-format=json", "--bin", "repro"]
    lines = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    return next(message["executable"] for message in map(json.loads, lines) if message.get("executable"))
