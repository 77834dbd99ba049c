import datetime

def page(out):
    out.write(datetime.datetime.now().isoformat())
