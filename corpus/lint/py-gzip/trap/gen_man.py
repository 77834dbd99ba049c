import gzip

# gzip.open("a.gz", "wb")
with gzip.open("a.gz", "rb") as f:
    f.read()
with gzip.open("a.gz", "rt") as f:
    f.read()
with gzip.open("a.gz") as f:
    f.read()
text = "gzip.open('a', 'wb')"
gzip.decompress(b"")
