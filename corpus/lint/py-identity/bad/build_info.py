# places: 3
import getpass
import os
import socket

open("build_info.py", "w").write(f"HOST = {socket.gethostname()!r}")
with open("who", "w") as out:
    out.write("built by %s in %s" % (getpass.getuser(), os.getcwd()))
