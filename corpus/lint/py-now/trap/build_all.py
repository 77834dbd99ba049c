import datetime
import logging
import time

# out.write(time.ctime())
t0 = time.time()
run = print
run("x")
print("took", time.time() - t0)
logging.info("started at %s", datetime.datetime.now())
print("Building at %s" % time.strftime("%H:%M"))
deadline = time.time() + 60
while time.time() < deadline:
    pass
elapsed = time.time() - t0
open("log", "w").write("ok")
if datetime.date.today().year > 2037:
    raise SystemExit("late: %s" % datetime.date.today())
help = "time.strftime('%Y')"


def debug(text):
    with open("debug.txt", "a") as out:
        out.write(time.ctime())
