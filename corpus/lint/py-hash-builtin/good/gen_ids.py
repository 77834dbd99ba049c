import hashlib

key = "x"
name = "v" + hashlib.sha256(key.encode()).hexdigest()[:8]  # was hash(key)
