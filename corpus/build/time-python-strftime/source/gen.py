import time

with open("version.py", "w") as out:
    out.write(f"BUILD_DATE = {time.strftime('%Y-%m-%d %H:%M', time.gmtime())!r}\n")
