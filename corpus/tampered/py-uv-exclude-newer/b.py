# /// script
# dependencies = ["requests"]
# [tool.uv]
# exclude-newer = "2026-06-01T00:00:00Z"
# ///
import requests
