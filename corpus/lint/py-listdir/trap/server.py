import os

def listing(out):
    # Not a build: a server's answer.
    for f in os.listdir("files"):
        out.write(f)
