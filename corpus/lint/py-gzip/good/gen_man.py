import gzip

with gzip.GzipFile("a.gz", "wb", mtime=0) as f:
    f.write(b"x")
data = gzip.compress(b"x", mtime=0)
