import os
import platform
import sys

sys.path.insert(0, os.path.abspath("."))
here = os.getcwd()
if platform.release().startswith("5"):
    pass
jobs = os.cpu_count()
print("on", platform.node())
# out.write(platform.node())
