# places: 4
import gzip

with gzip.open("a.gz", "wb") as f:
    f.write(b"x")
g = gzip.GzipFile("b.gz", "wb")
h = gzip.GzipFile("c.gz", mode="w", compresslevel=9)
data = gzip.compress(b"x", 9)
