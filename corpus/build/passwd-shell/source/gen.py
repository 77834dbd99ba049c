import os
import pwd

with open("out.txt", "w") as out:
    out.write(f"shell = {pwd.getpwuid(os.getuid()).pw_shell}\n")
