# places: 3
import time
from datetime import datetime
from setuptools import setup

with open("pkg/_build.py", "w") as out:
    out.write("BUILT = %r\n" % time.time())
stamp = datetime.utcnow().strftime("%Y%m%d")
setup(name="x", version="1.0.dev" + stamp)
print("/* generated %s */" % time.ctime())
